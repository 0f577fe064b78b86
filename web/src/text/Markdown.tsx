import { Fragment, memo, useMemo, type ReactElement, type ReactNode } from "react";
import { blocks, type Block } from "./blocks.ts";
import type { Inline } from "./inline.ts";
import "./text.css";

/** Markdown as elements. No text becomes HTML on the way: React is given strings, and addresses were checked. */
export const Markdown = memo(function Markdown({ source }: { source: string }): ReactElement {
  const tree = useMemo(() => blocks(source), [source]);
  return (
    <div className="prose" dir="auto">
      {tree.map(showBlock)}
    </div>
  );
});

function showBlock(block: Block, key: number): ReactNode {
  switch (block.type) {
    case "paragraph":
      return (
        <p key={key} dir="auto">
          {block.children.map(showInline)}
        </p>
      );
    case "heading":
      // The page has headings of its own; a message's stand below them.
      return (
        <p key={key} className="prose-heading" dir="auto">
          {block.children.map(showInline)}
        </p>
      );
    case "quote":
      return <blockquote key={key}>{block.children.map(showBlock)}</blockquote>;
    case "code":
      return (
        <pre key={key} dir="ltr" tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case "rule":
      return <hr key={key} />;
    case "list": {
      const items = block.items.map((item, index) => <li key={index}>{item.length === 1 && item[0]?.type === "paragraph" ? item[0].children.map(showInline) : item.map(showBlock)}</li>);
      return block.ordered ? (
        <ol key={key} start={block.start}>
          {items}
        </ol>
      ) : (
        <ul key={key}>{items}</ul>
      );
    }
  }
}

function showInline(inline: Inline, key: number): ReactNode {
  switch (inline.type) {
    case "text":
      return <Fragment key={key}>{inline.text}</Fragment>;
    case "strong":
      return <strong key={key}>{inline.children.map(showInline)}</strong>;
    case "em":
      return <em key={key}>{inline.children.map(showInline)}</em>;
    case "del":
      return <del key={key}>{inline.children.map(showInline)}</del>;
    case "code":
      return <code key={key}>{inline.text}</code>;
    case "mention":
      return (
        <span key={key} className="mention">
          @{inline.name}
        </span>
      );
    case "break":
      return <br key={key} />;
    case "link":
      return (
        <a key={key} href={inline.href} target="_blank" rel="noopener noreferrer nofollow">
          {inline.children.map(showInline)}
        </a>
      );
  }
}
