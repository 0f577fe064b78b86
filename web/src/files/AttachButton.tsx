import { useRef, type ReactElement } from "react";
import { Button } from "../design/Button.tsx";
import { Icon } from "../design/Icon.tsx";
import { Uploading } from "./Files.tsx";
import type { useUploads } from "./useUploads.ts";
import { useTexts } from "../i18n/index.ts";

/** Files are chosen here; a phone offers its camera by itself. */
export function AttachButton({ files, hint }: { files: ReturnType<typeof useUploads>; hint?: string }): ReactElement {
  const t = useTexts();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div>
      <input ref={picker} type="file" multiple hidden onChange={(event) => (files.add(event.target.files ?? []), (event.target.value = ""))} />
      <Button onPress={() => picker.current?.click()}>
        <Icon name="clip" /> {t.file.attach}
      </Button>
      {hint && <span className="hint"> {hint}</span>}
      <Uploading uploads={files.uploads} remove={files.remove} />
    </div>
  );
}
