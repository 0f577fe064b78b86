import { lazy, Suspense, useState, type ReactElement } from "react";
import type { Ticket } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { Menu } from "../../design/Menu.tsx";
import { Person } from "../../design/marks.tsx";
import { useNames } from "../data/desk.tsx";
import { may } from "../data/reads.ts";
import { useWords } from "../words/index.ts";
import { Fact } from "./Fact.tsx";
import { OtherTickets } from "./OtherTickets.tsx";

const PersonData = lazy(() => import("./PersonData.tsx").then((module) => ({ default: module.PersonData })));

/** Whose request it is, and what else they asked. */
export function Requester({ ticket }: { ticket: Ticket }): ReactElement {
  const w = useWords();
  const { name, customer, email } = useNames()(ticket.requester);
  const [asking, setAsking] = useState<"export" | "erase" | null>(null);
  return (
    <section>
      <h2>{w.ticket.requester}</h2>
      <div className="spread">
        <Person name={name} customer={customer} />
        {customer && may("settings.manage") && (
          <Menu
            label={w.personData.menu(name)}
            entries={[
              { id: "export", text: w.personData.export, icon: <Icon name="save" />, run: () => setAsking("export") },
              { id: "erase", text: w.personData.erase, icon: <Icon name="trash" />, run: () => setAsking("erase") },
            ]}
            button={
              <Button kind="plain" small aria-label={w.personData.menu(name)}>
                <Icon name="more" />
              </Button>
            }
          />
        )}
      </div>
      {email && email !== name && (
        <a className="small requester-mail clip" href={`mailto:${encodeURIComponent(email)}`}>
          <bdi>{email}</bdi>
        </a>
      )}
      {ticket.organization && <Fact label={w.ticket.organization}>{ticket.organization}</Fact>}
      <OtherTickets ticket={ticket} />
      <Suspense>{asking && <PersonData what={asking} person={ticket.requester} name={name} onClose={() => setAsking(null)} />}</Suspense>
    </section>
  );
}
