import type { ReactElement } from "react";
import type { Scheduled } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { Face } from "../../design/marks.tsx";
import { say } from "../../design/toast.tsx";
import { Files } from "../../files/Files.tsx";
import { dateTime } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { Markdown } from "../../text/Markdown.tsx";
import { takeBack } from "../composer/send.ts";
import { useNames } from "../data/desk.tsx";
import { me } from "../data/reads.ts";
import { useWords } from "../words/index.ts";

/** A reply that waits to be sent. Only staff see it. */
export function ScheduledItem({ scheduled, number }: { scheduled: Scheduled; number: string }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const author = useNames()(scheduled.author).name;
  return (
    <li className="message" data-kind="reply" data-from="staff" data-state="scheduled">
      <header className="message-head">
        <Face name={author} />
        <bdi className="message-author">{author}</bdi>
        <span className="chip accent">
          <Icon name="clock" size={12} /> {w.composer.scheduled(dateTime(scheduled.send_at))}
        </span>
        <span className="grow" />
        {scheduled.author === me().person && (
          <Button small onPress={() => void takeBack(scheduled, number, w.composer.tooLate).then((back) => back && say(w.composer.unsent))}>
            {t.act.undo}
          </Button>
        )}
      </header>
      {scheduled.failed && <p className="chip danger">{scheduled.failed.message}</p>}
      <Markdown source={scheduled.body_format === "markdown" ? scheduled.body : scheduled.body_text} />
      <Files files={scheduled.attachments} />
    </li>
  );
}
