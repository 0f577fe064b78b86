import type { ReactElement } from "react";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { shortTime } from "../../i18n/format.ts";
import type { Stale } from "../data/ticket.ts";
import { useWords } from "../words/index.ts";
import { useSentence } from "./EventLine.tsx";

/** What changed in between, and the choice to do it all the same. */
export function StaleDialog({ stale, onClose }: { stale: Stale; onClose: () => void }): ReactElement {
  const w = useWords();
  const sentence = useSentence();
  return (
    <Dialog
      alert
      title={w.stale.title}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{w.stale.drop}</Button>
          <Button
            kind="primary"
            onPress={() => {
              onClose();
              stale.again();
            }}
          >
            {w.stale.again}
          </Button>
        </>
      }
    >
      <p>{w.stale.hint}</p>
      <ul className="stale-changes">
        {stale.changes.map((event) => {
          const { who, what } = sentence(event);
          const added = "message" in event ? stale.messages.find((message) => message.id === event.message) : undefined;
          return (
            <li key={event.id}>
              <bdi>
                <strong>{who}</strong> {what}
              </bdi>{" "}
              <time className="quiet small">{shortTime(event.at)}</time>
              {added && (
                <blockquote className="small" dir="auto">
                  {added.body_text.slice(0, 600)}
                </blockquote>
              )}
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
