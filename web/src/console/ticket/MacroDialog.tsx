import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Ticket } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Select } from "../../design/Select.tsx";
import { Loading, Trouble } from "../../design/states.tsx";
import { useTexts } from "../../i18n/index.ts";
import { Markdown } from "../../text/Markdown.tsx";
import type { Acts } from "../data/ticket.ts";
import { useWords } from "../words/index.ts";

/** Several changes and a message at once; what would come of it is shown before it is done. */
export function MacroDialog({ ticket, acts, onClose }: { ticket: Ticket; acts: Acts; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [chosen, setChosen] = useState<string | null>(null);
  const macros = useQuery({ queryKey: ["macros", ticket.brand], queryFn: async () => (await answer(api.GET("/v1/macros", { params: { query: { brand: ticket.brand } } }))).items, retry: false });
  const path = (macro: string) => ({ ticket: ticket.id, macro });
  const preview = useQuery({
    queryKey: ["macro preview", ticket.id, ticket.version, chosen],
    queryFn: () => answer(api.POST("/v1/tickets/{ticket}/macros/{macro}", { params: { path: path(chosen ?? ""), query: { preview: true } } as never })),
    enabled: chosen !== null,
    retry: false,
    gcTime: 0,
  });
  const apply = () => {
    onClose();
    void acts.act((ifMatch) => answer(api.POST("/v1/tickets/{ticket}/macros/{macro}", { params: { path: path(chosen ?? ""), header: { "If-Match": ifMatch } } as never })));
  };
  const refused = preview.data?.refusals ?? [];
  return (
    <Dialog
      title={w.macro.title}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t.act.cancel}</Button>
          <Button kind="primary" isDisabled={!preview.data || refused.length > 0} onPress={apply}>
            {t.act.apply}
          </Button>
        </>
      }
    >
      {macros.error ? (
        <Trouble failure={macros.error} />
      ) : macros.data?.length === 0 ? (
        <p>{w.macro.none}</p>
      ) : (
        <Select label={w.macro.which} value={chosen} onChange={setChosen} choices={(macros.data ?? []).map(({ id, name }) => ({ id, text: name }))} />
      )}
      {chosen && preview.isPending && <Loading />}
      {preview.data && (
        <div className="stack" role="status">
          <ul>
            {preview.data.changes.map((change) => (
              <li key={change.field}>
                {change.field}: <span className="quiet">{text(change.from)}</span> → <strong>{text(change.to)}</strong>
              </li>
            ))}
          </ul>
          {preview.data.message && (
            <div className="message" data-kind={preview.data.message.kind}>
              <Markdown source={preview.data.message.body} />
            </div>
          )}
          {refused.map((one) => (
            <p key={one.code} className="wrong">
              {one.message}
            </p>
          ))}
        </div>
      )}
    </Dialog>
  );
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return Array.isArray(value) ? value.join(", ") || "–" : typeof value === "object" ? JSON.stringify(value) : String(value);
}
