import { useId, useImperativeHandle, useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent, type ReactElement, type Ref } from "react";
import type { Attachment, Ticket } from "../../api/types.ts";
import { Icon, type IconName } from "../../design/Icon.tsx";
import { useTexts } from "../../i18n/index.ts";
import { typed } from "../data/presence.ts";
import { useWords } from "../words/index.ts";
import { asking, link, newline, prefix, replace, wrap, type Edit } from "./edit.ts";
import { useSuggestions, type Suggestion } from "./suggestions.ts";

/** Browsers that let a field grow with its text by themselves. */
const GROWS = CSS.supports("field-sizing", "content");

export interface TextBoxHandle {
  focus: () => void;
  blur: () => void;
}

interface Props {
  ticket: Ticket;
  kind: "reply" | "note";
  text: string;
  onText: (text: string) => void;
  onSend: () => void;
  onFiles: (files: Iterable<File>) => void;
  /** Files that came with a canned response. */
  onOffered: (files: Attachment[]) => void;
  ref: Ref<TextBoxHandle>;
}

/**
 * A plain field for Markdown with the comforts of an editor. It is the browser's own field: spelling, input methods, right-to-left text and screen
 * readers work as they do everywhere, and what is typed is what is stored.
 */
export function TextBox({ ticket, kind, text, onText, onSend, onFiles, onOffered, ref }: Props): ReactElement {
  const w = useWords();
  const t = useTexts();
  const field = useRef<HTMLTextAreaElement>(null);
  const [ask, setAsk] = useState<ReturnType<typeof asking>>(null);
  const [at, setAt] = useState(0);
  const suggestions = useSuggestions(ask, ticket, onOffered);
  const listId = useId();
  const open = ask !== null && suggestions.length > 0;
  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus(), blur: () => field.current?.blur() }));

  useLayoutEffect(() => {
    const element = field.current;
    if (!element || GROWS) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight + 2, window.innerHeight * 0.36)}px`;
  }, [text]);

  const edit = (): Edit => ({ text, from: field.current?.selectionStart ?? 0, to: field.current?.selectionEnd ?? 0 });
  const apply = (next: Edit) => {
    onText(next.text);
    setAsk(null);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(next.from, next.to);
    });
  };
  const take = async (suggestion: Suggestion | undefined) => {
    if (!suggestion || !ask) return;
    const end = ask.start + 1 + ask.word.length;
    const by = await suggestion.text();
    if (by !== null) apply(replace({ text, from: 0, to: 0 }, ask.start, end, by));
  };
  const press = (event: KeyboardEvent) => {
    const mod = event.ctrlKey || event.metaKey;
    const handled = () => event.preventDefault();
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      handled();
      return setAt((at + (event.key === "ArrowDown" ? 1 : -1) + suggestions.length) % suggestions.length);
    }
    if (open && (event.key === "Enter" || event.key === "Tab") && !mod) {
      handled();
      return void take(suggestions[at]);
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      return open ? setAsk(null) : field.current?.blur();
    }
    if (mod && event.key === "Enter") return (handled(), onSend());
    if (mod && event.key.toLowerCase() === "b") return (handled(), apply(wrap(edit(), "**")));
    if (mod && event.key.toLowerCase() === "i") return (handled(), apply(wrap(edit(), "*")));
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      const next = newline(edit());
      if (next) (handled(), apply(next));
    }
  };
  const paste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    onFiles(event.clipboardData.files);
  };
  const tool = (label: string, icon: IconName, make: (edit: Edit) => Edit, keys?: string) => (
    <button type="button" className="button icon plain small" aria-label={label} title={keys ? `${label} (${keys})` : label} onClick={() => apply(make(edit()))}>
      <Icon name={icon} size={14} />
    </button>
  );

  return (
    <div className="textbox">
      {open && (
        <ul className="suggestions" role="listbox" id={listId} aria-label={w.composer.suggestions}>
          {suggestions.map((suggestion, index) => (
            <li key={suggestion.id} id={`${listId}-${index}`} role="option" aria-selected={index === at} data-focused={index === at || undefined} className="option" onMouseDown={(event) => (event.preventDefault(), void take(suggestion))}>
              <span className="mono">{suggestion.name}</span>
              <bdi className="clip quiet small grow">{suggestion.hint}</bdi>
            </li>
          ))}
        </ul>
      )}
      <textarea
        ref={field}
        className="textarea"
        dir="auto"
        rows={3}
        role={open ? "combobox" : undefined}
        aria-expanded={open ? true : undefined}
        aria-controls={open ? listId : undefined}
        aria-activedescendant={open ? `${listId}-${at}` : undefined}
        aria-label={kind === "note" ? w.composer.note : w.composer.reply}
        placeholder={kind === "note" ? w.composer.placeholderNote : w.composer.placeholderReply}
        value={text}
        onChange={(event) => {
          onText(event.target.value);
          typed();
          setAsk(asking({ text: event.target.value, from: event.target.selectionStart, to: event.target.selectionEnd }));
          setAt(0);
        }}
        onKeyDown={press}
        onPaste={paste}
        onBlur={() => setAsk(null)}
      />
      <div className="tools" role="group" aria-label={w.composer.toolbar}>
        {tool(t.markdown.bold, "bold", (e) => wrap(e, "**"), "Ctrl B")}
        {tool(t.markdown.italic, "italic", (e) => wrap(e, "*"), "Ctrl I")}
        {tool(t.markdown.link, "link", (e) => link(e, w.composer.linkText))}
        {tool(t.markdown.code, "code", (e) => wrap(e, "`"))}
        {tool(t.markdown.list, "list", (e) => prefix(e, "- "))}
        {tool(t.markdown.quote, "quote", (e) => prefix(e, "> "))}
      </div>
    </div>
  );
}
