import { lazy, Suspense, useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Ticket } from "../../api/types.ts";
import { Button, IconButton } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { Person } from "../../design/marks.tsx";
import { Menu } from "../../design/Menu.tsx";
import { useDesk } from "../data/desk.tsx";
import type { Acts } from "../data/ticket.ts";
import { useWords } from "../words/index.ts";

const AddPerson = lazy(() => import("./AddPerson.tsx").then((module) => ({ default: module.AddPerson })));

/** Who else takes part, and which colleagues follow. */
export function People({ ticket, acts, isDisabled }: { ticket: Ticket; acts: Acts; isDisabled: boolean }): ReactElement | null {
  const w = useWords();
  const { names, agents } = useDesk();
  const [adding, setAdding] = useState(false);
  const people = Object.entries((ticket.participants ?? {}) as Record<string, { standing?: string } | string>);
  const followers = ticket.followers ?? [];
  const header = (ifMatch: string) => ({ "If-Match": ifMatch });
  const drop = (person: string) => void acts.act((ifMatch) => answer(api.DELETE("/v1/tickets/{ticket}/participants/{person}", { params: { path: { ticket: ticket.id, person }, header: header(ifMatch) } as never })));
  const follow = (person: string) => void acts.act((ifMatch) => answer(api.PUT("/v1/tickets/{ticket}/followers/{person}", { params: { path: { ticket: ticket.id, person }, header: header(ifMatch) } as never })));
  const unfollow = (person: string) => void acts.act((ifMatch) => answer(api.DELETE("/v1/tickets/{ticket}/followers/{person}", { params: { path: { ticket: ticket.id, person }, header: header(ifMatch) } as never })));
  if (isDisabled && people.length === 0 && followers.length === 0) return null;
  return (
    <section>
      <h2>{w.ticket.participants}</h2>
      {people.map(([person, standing]) => {
        const word = (typeof standing === "string" ? standing : standing.standing) as keyof typeof w.standing;
        const { name, customer, email } = names(person);
        return (
          <div className="spread" key={person} title={email}>
            <Person name={name} customer={customer} />
            <span className="row">
              <span className="quiet small">{w.standing[word] ?? word}</span>
              {!isDisabled && (
                <IconButton small label={w.ticket.dropPerson(name)} onPress={() => drop(person)}>
                  <Icon name="close" size={12} />
                </IconButton>
              )}
            </span>
          </div>
        );
      })}
      {followers.map((person) => {
        const { name } = names(person);
        return (
          <div className="spread" key={`follower ${person}`}>
            <Person name={name} />
            <span className="row">
              <span className="quiet small">{w.ticket.follows}</span>
              {!isDisabled && (
                <IconButton small label={w.ticket.dropFollower(name)} onPress={() => unfollow(person)}>
                  <Icon name="close" size={12} />
                </IconButton>
              )}
            </span>
          </div>
        );
      })}
      {!isDisabled &&
        (adding ? (
          <Suspense>
            <AddPerson ticket={ticket} acts={acts} onClose={() => setAdding(false)} />
          </Suspense>
        ) : (
          <span className="row wrap side-acts">
            <Button small kind="plain" onPress={() => setAdding(true)}>
              <Icon name="person" size={13} /> {w.ticket.copyIn}
            </Button>
            <Menu
              label={w.ticket.addFollower}
              entries={() => agents.filter((agent) => !followers.includes(agent.id)).map((agent) => ({ id: agent.id, text: agent.name, run: () => follow(agent.id) }))}
              button={
                <Button small kind="plain">
                  <Icon name="eye" size={13} /> {w.ticket.addFollower}
                </Button>
              }
            />
          </span>
        ))}
    </section>
  );
}
