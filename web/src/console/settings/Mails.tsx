import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import { Button } from "../../design/Button.tsx";
import { Select } from "../../design/Select.tsx";
import { dateTime } from "../../i18n/format.ts";
import { useWords } from "../words/index.ts";
import { Section, Table, useChange } from "./parts.tsx";

const OUTCOMES = ["all", "ticket", "reply", "ignored", "failed"] as const;
type Outcome = (typeof OUTCOMES)[number];

/** Every mail that came, and what became of it. */
export function Mails(): ReactElement {
  const w = useWords();
  const [outcome, setOutcome] = useState<Outcome>("all");
  const query = useQuery({
    queryKey: ["settings", "mails", outcome],
    queryFn: async () => (await answer(api.GET("/v1/inbound-mails", { params: { query: { limit: 100, ...(outcome === "all" ? {} : { outcome }) } } }))).items,
  });
  const again = useChange("mails", (mail: string) => answer(api.POST("/v1/inbound-mails/{mail}/reprocess", { params: { path: { mail } } })));
  return (
    <Section title={w.settings.mails} query={query} action={<Select hideLabel label={w.mail.outcome} value={outcome} choices={OUTCOMES.map((id) => ({ id, text: w.mail[id] }))} onChange={(id) => setOutcome(id as Outcome)} />}>
      {(mails) => (
        <Table label={w.settings.mails} columns={[w.mail.received, w.mail.from, w.mail.subject, w.mail.outcome, ""]}>
          {mails.map((mail) => (
            <tr key={mail.id}>
              <td>{dateTime(mail.received_at)}</td>
              <td>
                <bdi>{mail.from ?? "–"}</bdi>
              </td>
              <td>
                <bdi>{mail.subject}</bdi>
              </td>
              <td>
                {mail.ticket ? (
                  <Link to="/queue/$ticket" params={{ ticket: mail.ticket }} search={{} as never}>
                    {w.mail[mail.outcome]}
                  </Link>
                ) : (
                  w.mail[mail.outcome]
                )}
                {(mail.reason ?? mail.error) && <div className="quiet">{mail.reason?.replaceAll("_", " ") ?? mail.error}</div>}
              </td>
              <td>
                {(mail.outcome === "ignored" || mail.outcome === "failed") && (
                  <Button small onPress={() => again.run(mail.id)} aria-label={`${w.mail.again}: ${mail.subject}`}>
                    {w.mail.again}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}
