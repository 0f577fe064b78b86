import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { api, tag } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { Ticket } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { say } from "../../design/toast.tsx";
import { dateTime } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { may } from "../data/reads.ts";
import { takeOut } from "../data/tickets.ts";
import { useWords } from "../words/index.ts";

/** Says that a ticket is in the bin, and what can be done about it. */
export function BinBanner({ ticket }: { ticket: Ticket }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const path = { ticket: ticket.id };
  const failed = (failure: unknown) => say((failure instanceof ApiProblem && failure.problem.detail) || t.state.failed);

  const restore = async () => {
    try {
      await answer(api.POST("/v1/tickets/{ticket}/restore", { params: { path, header: { "If-Match": tag(ticket) } } as never }));
    } catch (failure) {
      return failed(failure);
    }
    takeOut(ticket.id);
    say(w.bin.restored(ticket.number));
    await queries.invalidateQueries({ queryKey: ["tickets"] });
    await queries.invalidateQueries({ queryKey: ["ticket", ticket.number] });
  };
  const purge = async () => {
    setAsking(false);
    try {
      await answer(api.POST("/v1/tickets/{ticket}/purge", { params: { path, header: { "If-Match": tag(ticket) } } as never }));
    } catch (failure) {
      return failed(failure);
    }
    takeOut(ticket.id);
    say(w.bin.purged(ticket.number));
    void navigate({ to: "/queue", search: true as never });
    queries.removeQueries({ queryKey: ["ticket", ticket.number] });
  };

  return (
    <div className="banner danger spread wrap">
      <span>
        {w.ticket.deleted} {ticket.deleted_at && w.bin.deletedAt(dateTime(ticket.deleted_at))}
      </span>
      <span className="row">
        {may("tickets.restore") && (
          <Button small onPress={() => void restore()}>
            {w.ticket.restore}
          </Button>
        )}
        {may("settings.manage") && (
          <Button small kind="danger" onPress={() => setAsking(true)}>
            {w.bin.purge}
          </Button>
        )}
      </span>
      {asking && (
        <Dialog
          alert
          title={w.bin.purgeAsk(ticket.number)}
          onClose={() => setAsking(false)}
          footer={
            <>
              <Button onPress={() => setAsking(false)}>{t.act.cancel}</Button>
              <Button kind="danger" onPress={() => void purge()}>
                {w.bin.purge}
              </Button>
            </>
          }
        >
          <p dir="auto">
            <strong>{ticket.subject}</strong>
          </p>
          <p>{w.bin.purgeHint}</p>
        </Dialog>
      )}
    </div>
  );
}
