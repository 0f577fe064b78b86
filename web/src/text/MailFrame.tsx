import { useCallback, useMemo, useRef, useState, type ReactElement } from "react";
import { Button } from "../design/Button.tsx";
import { useTexts } from "../i18n/index.ts";
import "./text.css";

/** What a mail's frame may load: nothing of its own, our one stylesheet, and pictures once somebody asked for them. No script, ever. */
const policy = (pictures: boolean) => `default-src 'none'; style-src ${location.origin}; img-src data:${pictures ? " https: http:" : ""}; form-action 'none'; base-uri 'none'`;

/**
 * A mail's HTML in a frame of its own. The API sanitised it; still it is kept apart: the sandbox runs no script and sends no form, and a policy of
 * its own lets nothing load. `allow-same-origin` is there only so that the page can measure the frame; without scripts it gives the mail nothing.
 */
export function MailFrame({ html }: { html: string }): ReactElement {
  const t = useTexts();
  const [pictures, setPictures] = useState(false);
  const frame = useRef<HTMLIFrameElement>(null);
  const { document, remote } = useMemo(() => prepare(html, pictures), [html, pictures]);

  const fit = useCallback(() => {
    const inside = frame.current?.contentDocument;
    if (!frame.current || !inside?.body) return;
    const size = () => {
      if (frame.current) frame.current.style.height = `${Math.min(inside.documentElement.scrollHeight, 20_000)}px`;
    };
    size();
    new ResizeObserver(size).observe(inside.body);
  }, []);

  return (
    <div className="mail-frame-box">
      {remote && !pictures && (
        <p className="spread wrap small">
          <span>{t.mail.images}</span>
          <Button small onPress={() => setPictures(true)}>
            {t.mail.showImages}
          </Button>
        </p>
      )}
      <iframe
        ref={frame}
        className="mail-frame"
        title={t.mail.frame}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        srcDoc={document}
        onLoad={fit}
      />
    </div>
  );
}

/** The frame's document. It is parsed where nothing loads or runs, so that what is taken out never was alive. */
function prepare(html: string, pictures: boolean): { document: string; remote: boolean } {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  parsed.querySelectorAll("script, style, link, meta, base, iframe, object, embed, form, svg, math, template").forEach((element) => element.remove());
  let remote = false;
  for (const element of parsed.querySelectorAll("*")) {
    for (const attribute of [...element.attributes]) {
      if (attribute.name.startsWith("on") || ["style", "srcset", "srcdoc", "background"].includes(attribute.name)) element.removeAttribute(attribute.name);
    }
    const elsewhere = element.getAttribute("data-src");
    if (elsewhere && /^https?:\/\//i.test(elsewhere)) {
      remote = true;
      if (pictures) element.setAttribute("src", elsewhere);
    }
    if (element instanceof HTMLAnchorElement) {
      if (!/^(https?:|mailto:)/i.test(element.getAttribute("href") ?? "")) element.removeAttribute("href");
      element.setAttribute("target", "_blank");
      element.setAttribute("rel", "noopener noreferrer nofollow");
    }
  }
  const head = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy(pictures)}"><link rel="stylesheet" href="${location.origin}/mail-frame.css">`;
  return { document: `<!doctype html><html><head>${head}</head><body dir="auto">${parsed.body.innerHTML}</body></html>`, remote };
}
