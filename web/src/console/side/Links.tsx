import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { LinkKind, Ticket } from "../../api/types.ts";
import { Button, IconButton } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { may } from "../data/reads.ts";
import type { Acts } from "../data/ticket.ts";
import { useWords } from "../words/index.ts";

const AddLink = lazy(() => import("./AddLink.tsx").then((module) => ({ default: module.AddLink })));

/** Which other tickets belong to this one, and how. */
export function Links({ ticket, acts }: { ticket: Ticket; acts: Acts }): ReactElement | null {
  const w = useWords();
  const [adding, setAdding] = useState(false);
  const links = Object.entries((ticket.links ?? {}) as Record<string, LinkKind | { kind: LinkKind }>).map(([id, link]) => ({ id, label: w.ticket.link[typeof link === "string" ? link : link.kind], loose: true }));
  const fixed = [
    { id: ticket.follow_up_of, label: w.ticket.followUp, loose: false },
    { id: ticket.merged_into, label: w.ticket.merged, loose: false },
  ].filter((link): link is { id: string; label: string; loose: boolean } => Boolean(link.id) && !links.some((other) => other.id === link.id));
  const all = [...fixed, ...links];
  const mayLink = may("tickets.merge") && !ticket.deleted_at && !ticket.merged_into;
  if (all.length === 0 && !mayLink) return null;
  return (
    <section>
      <h2>{w.ticket.links}</h2>
      {all.map((link) => (
        <OneLink key={`${link.id} ${link.label}`} {...link} ticket={ticket} acts={acts} />
      ))}
      {mayLink &&
        (adding ? (
          <Suspense>
            <AddLink ticket={ticket} acts={acts} onClose={() => setAdding(false)} />
          </Suspense>
        ) : (
          <Button small kind="plain" onPress={() => setAdding(true)}>
            <Icon name="link" size={13} /> {w.ticket.addLink}
          </Button>
        ))}
    </section>
  );
}

function OneLink({ id, label, loose, ticket, acts }: { id: string; label: string; loose: boolean; ticket: Ticket; acts: Acts }): ReactElement {
  const w = useWords();
  const { data } = useQuery({ queryKey: ["linked", id], queryFn: () => answer(api.GET("/v1/tickets/{ticket}", { params: { path: { ticket: id } } })), retry: false, staleTime: 60_000 });
  const name = data?.number ?? `…${id.slice(-6)}`;
  return (
    <div className="fact">
      <span className="label">{label}</span>
      <span className="spread">
        <Link to="/queue/$ticket" params={{ ticket: data?.number ?? id }} search={true as never} className="clip">
          <span className="mono">{name}</span> <bdi>{data?.subject}</bdi>
        </Link>
        {loose && (
          <IconButton small label={w.ticket.unlink(name)} onPress={() => void acts.act((ifMatch) => answer(api.DELETE("/v1/tickets/{ticket}/links/{other}", { params: { path: { ticket: ticket.id, other: id }, header: { "If-Match": ifMatch } } as never })))}>
            <Icon name="close" size={12} />
          </IconButton>
        )}
      </span>
    </div>
  );
}
