import { useNavigate } from "@tanstack/react-router";
import { memo, lazy, Suspense, useState, type ReactElement } from "react";
import { api, tag } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { Ticket } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Icon } from "../../design/Icon.tsx";
import { Menu, type Entry } from "../../design/Menu.tsx";
import { say } from "../../design/toast.tsx";
import { dateTime, day, hour } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { may, me } from "../data/reads.ts";
import type { Acts } from "../data/ticket.ts";
import { takeOut } from "../data/tickets.ts";
import { useActions } from "../keys/actions.ts";
import { useWords } from "../words/index.ts";

const MergeDialog = lazy(() => import("./MergeDialog.tsx").then((module) => ({ default: module.MergeDialog })));
const MacroDialog = lazy(() => import("./MacroDialog.tsx").then((module) => ({ default: module.MacroDialog })));
const SplitDialog = lazy(() => import("./SplitDialog.tsx").then((module) => ({ default: module.SplitDialog })));
const TransferDialog = lazy(() => import("./TransferDialog.tsx").then((module) => ({ default: module.TransferDialog })));

/** What is done to a ticket rarely. */
export const TicketMenu = memo(function TicketMenu({ ticket, acts }: { ticket: Ticket; acts: Acts }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"delete" | "macro" | "merge" | "split" | "transfer" | null>(null);
  const path = { ticket: ticket.id };

  const snooze = (until: number) => void acts.act((ifMatch) => answer(api.PUT("/v1/tickets/{ticket}/snooze", { params: { path, header: { "If-Match": ifMatch } }, body: { until: new Date(until).toISOString() } })));
  const remove = async () => {
    setAsking(null);
    try {
      await answer(api.DELETE("/v1/tickets/{ticket}", { params: { path, header: { "If-Match": tag(ticket) } } }));
    } catch (failure) {
      return say((failure instanceof ApiProblem && failure.problem.detail) || t.state.failed);
    }
    takeOut(ticket.id);
    void navigate({ to: "/queue", search: true });
    say(w.ticket.deletedNow(ticket.number), { text: t.act.undo, run: () => void restore() });
  };
  const restore = async () => {
    await answer(api.POST("/v1/tickets/{ticket}/restore", { params: { path } }));
    await queries.invalidateQueries({ queryKey: ["tickets"] });
    await queries.invalidateQueries({ queryKey: ["ticket", ticket.number] });
  };
  const follows = ticket.followers?.includes(me().person) ?? false;
  const follow = () => {
    const params = (ifMatch: string) => ({ params: { path: { ...path, person: "me" }, header: { "If-Match": ifMatch } } }) as never;
    void acts.act((ifMatch) => answer(follows ? api.DELETE("/v1/tickets/{ticket}/followers/{person}", params(ifMatch)) : api.PUT("/v1/tickets/{ticket}/followers/{person}", params(ifMatch))));
  };
  const merges = may("tickets.merge") && !ticket.merged_into && !ticket.deleted_at;
  useActions(merges ? [{ id: "merge", text: w.key.merge, keys: "m", section: w.help.inTicket, run: () => setAsking("merge") }] : []);

  const makeEntries = (): Entry[] => {
    const tomorrow = new Date(Date.now() + day);
    tomorrow.setHours(9, 0, 0, 0);
    const entries: Entry[] = [
      { id: "link", text: w.ticket.copyLink, icon: <Icon name="link" />, run: () => void navigator.clipboard.writeText(`${location.origin}/queue/${ticket.number}`).then(() => say(w.ticket.copied)) },
      { id: "macro", text: w.macro.title, icon: <Icon name="bolt" />, run: () => setAsking("macro") },
      { id: "transfer", text: w.ticket.transfer, icon: <Icon name="right" />, run: () => setAsking("transfer") },
    ];
    entries.push({ id: "follow", text: follows ? w.ticket.unfollow : w.ticket.follow, icon: <Icon name="eye" />, run: follow });
    if (merges) entries.push({ id: "merge", text: w.key.merge, icon: <Icon name="merge" />, keys: "m", run: () => setAsking("merge") }, { id: "split", text: w.split.open, icon: <Icon name="split" />, run: () => setAsking("split") });
    if (ticket.snoozed) {
      entries.push({ id: "wake", text: w.ticket.wake, icon: <Icon name="snooze" />, run: () => void acts.act((ifMatch) => answer(api.DELETE("/v1/tickets/{ticket}/snooze", { params: { path, header: { "If-Match": ifMatch } } }))) });
    } else {
      for (const until of [Date.now() + 3 * hour, tomorrow.getTime(), tomorrow.getTime() + 6 * day]) entries.push({ id: `snooze ${until}`, text: `${w.ticket.snooze}: ${dateTime(until)}`, icon: <Icon name="snooze" />, run: () => snooze(until) });
    }
    if (!ticket.deleted_at && may("tickets.delete")) entries.push({ id: "delete", text: w.ticket.delete, icon: <Icon name="trash" />, run: () => setAsking("delete") });
    return entries;
  };

  return (
    <>
      <Menu
        label={t.act.more}
        entries={makeEntries}
        button={
          <Button kind="plain" small aria-label={t.act.more}>
            <Icon name="more" />
          </Button>
        }
      />
      {asking === "delete" && (
        <Dialog
          alert
          title={w.ticket.deleteAsk(ticket.number)}
          onClose={() => setAsking(null)}
          footer={
            <>
              <Button onPress={() => setAsking(null)}>{t.act.cancel}</Button>
              <Button kind="danger" onPress={() => void remove()}>
                {w.ticket.delete}
              </Button>
            </>
          }
        >
          <p>{w.ticket.deleteHint}</p>
        </Dialog>
      )}
      <Suspense>
        {asking === "macro" && <MacroDialog ticket={ticket} acts={acts} onClose={() => setAsking(null)} />}
        {asking === "merge" && <MergeDialog ticket={ticket} acts={acts} onClose={() => setAsking(null)} />}
        {asking === "split" && <SplitDialog ticket={ticket} onClose={() => setAsking(null)} />}
        {asking === "transfer" && <TransferDialog ticket={ticket} acts={acts} onClose={() => setAsking(null)} />}
      </Suspense>
    </>
  );
});
