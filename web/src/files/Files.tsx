import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { api } from "../api/client.ts";
import { answer } from "../api/problem.ts";
import type { Attachment } from "../api/types.ts";
import { IconButton } from "../design/Button.tsx";
import { Icon } from "../design/Icon.tsx";
import { say } from "../design/toast.tsx";
import { fileSize } from "../i18n/format.ts";
import { useTexts } from "../i18n/index.ts";
import type { Upload } from "./useUploads.ts";
import "../text/text.css";

/** Pictures that a browser decodes without running anything. SVG is not among them. */
const PREVIEWED = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

/** A message's attachments: pictures small, everything to be saved. */
export function Files({ files }: { files: Attachment[] }): ReactElement | null {
  const t = useTexts();
  if (files.length === 0) return null;
  return (
    <ul className="files" aria-label={t.file.list}>
      {files.map((file) => (
        <li key={file.id}>
          <OneFile file={file} />
        </li>
      ))}
    </ul>
  );
}

function OneFile({ file }: { file: Attachment }): ReactElement {
  const t = useTexts();
  const [broken, setBroken] = useState(false);
  const held = file.scan === "infected" ? t.file.infected : file.scan === "withheld" ? t.file.withheld : null;
  const previewed = PREVIEWED.has(file.content_type) && !held && file.size < 4_000_000;
  // An address is good for five minutes; the picture is loaded at once, so it need not be asked for again.
  const preview = useQuery({ queryKey: ["attachment", file.id], queryFn: () => address(file.id), enabled: previewed, staleTime: Infinity, retry: false });

  const save = async () => {
    const found = await address(file.id).catch(() => null);
    if (!found?.download) return say(found?.reason === "pending" ? t.file.pending : t.file.unavailable);
    const link = document.createElement("a");
    link.href = found.download.url;
    link.rel = "noopener noreferrer";
    link.download = file.name;
    link.click();
  };

  return (
    <button type="button" className="file" onClick={() => void save()} disabled={Boolean(held)} aria-label={t.file.download(file.name)}>
      {preview.data?.download && !broken ? <img src={preview.data.download.url} alt="" loading="lazy" onError={() => setBroken(true)} /> : <Icon name="file" />}
      <span className="clip">
        <bdi>{file.name}</bdi>
      </span>
      <span className="quiet small">{held ?? fileSize(file.size)}</span>
    </button>
  );
}

function address(attachment: string) {
  return answer(api.GET("/v1/attachments/{attachment}", { params: { path: { attachment } } }));
}

/** The files of a message that is being written. */
export function Uploading({ uploads, remove }: { uploads: Upload[]; remove: (key: number) => void }): ReactElement | null {
  const t = useTexts();
  if (uploads.length === 0) return null;
  return (
    <ul className="files" aria-label={t.file.list}>
      {uploads.map((file) => (
        <li key={file.key} className="file">
          <Icon name="file" />
          <bdi className="clip">{file.name}</bdi>
          <span className="quiet small" role="status">
            {file.id ? fileSize(file.size) : t.state.loading}
          </span>
          <IconButton small label={t.file.remove(file.name)} onPress={() => remove(file.key)}>
            <Icon name="close" size={12} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
