import { useState, type ReactElement } from "react";
import { Dialog } from "../../design/Dialog.tsx";
import { Checkbox } from "../../design/Field.tsx";
import { useWords } from "../words/index.ts";
import { keysAreOn, switchKeys, useAllActions } from "./actions.ts";
import { Keys } from "./Palette.tsx";
import "./keys.css";

/** The keys of what can be done on this page, by where they count. */
export function Help({ onClose }: { onClose: () => void }): ReactElement {
  const w = useWords();
  const [on, setOn] = useState(keysAreOn);
  const actions = useAllActions().filter((action) => action.keys);
  const sections = [...new Set(actions.map((action) => action.section))];
  return (
    <Dialog title={w.help.title} onClose={onClose} wide>
      <div className="help">
        {sections.map((section) => (
          <section key={section}>
            <h3>{section}</h3>
            <dl>
              {actions
                .filter((action) => action.section === section)
                .map((action) => (
                  <div key={action.id} className="spread">
                    <dt>{action.text}</dt>
                    <dd>
                      <Keys keys={action.keys ?? ""} />
                    </dd>
                  </div>
                ))}
              {section === w.help.general && (
                <div className="spread">
                  <dt>{w.key.palette}</dt>
                  <dd>
                    <Keys keys="Ctrl K" />
                  </dd>
                </div>
              )}
            </dl>
          </section>
        ))}
      </div>
      <Checkbox
        isSelected={on}
        onChange={(next) => {
          switchKeys(next);
          setOn(next);
        }}
      >
        {w.help.single}
      </Checkbox>
    </Dialog>
  );
}
