import { useState, type ReactElement } from "react";
import { Checkbox } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { useDesk } from "../data/desk.tsx";
import { useAgents, useMeta } from "../data/reads.ts";
import { PersonField } from "../people/PersonField.tsx";
import { useWords } from "../words/index.ts";
import { PRIORITIES, withoutView, type Filter } from "./filters.ts";
import { SaveView } from "./SaveView.tsx";

const ANY = "*";

/** Every condition; each change shows at once. */
export function FilterForm({ filter, onChange }: { filter: Filter; onChange: (next: Filter) => void }): ReactElement {
  const w = useWords();
  const { labels, names } = useDesk();
  const meta = useMeta().data;
  const agents = useAgents().data;
  const bare: Filter = withoutView(filter);
  const set = (name: keyof Filter, value: string) => {
    const { [name]: _before, ...rest } = bare;
    onChange(value === ANY ? (rest as Filter) : ({ ...rest, [name]: value } as Filter));
  };
  const [asked, setAsked] = useState(filter.requester && filter.requester !== "me" ? names(filter.requester).name : "");
  const any = { id: ANY, text: w.queue.any };
  const people = (agents ?? []).map((agent) => ({ id: agent.id, text: agent.name }));
  return (
    <>
      <fieldset>
        <legend className="label">{w.ticket.status}</legend>
        <div className="filter-statuses">
          {meta?.statuses.map(({ status }) => {
            const chosen = filter.status ?? [];
            return (
              <Checkbox
                key={status}
                isSelected={chosen.includes(status)}
                onChange={(on) => {
                  const { status: _status, ...rest } = bare;
                  const next = [...chosen.filter((one) => one !== status && one !== "open"), ...(on ? [status] : [])];
                  onChange(next.length > 0 ? { ...rest, status: next } : rest);
                }}
              >
                {labels.status(status)}
              </Checkbox>
            );
          })}
        </div>
      </fieldset>
      <Select label={w.ticket.priority} value={filter.priority ?? ANY} choices={[any, ...PRIORITIES.map((id) => ({ id, text: labels.priority(id) }))]} onChange={(id) => set("priority", id)} />
      <Select label={w.ticket.assignee} value={filter.assignee ?? ANY} choices={[any, { id: "me", text: w.queue.me }, { id: "none", text: w.queue.nobody }, ...people]} onChange={(id) => set("assignee", id)} />
      <Select label={w.ticket.category} value={filter.category ?? ANY} choices={[any, ...(meta?.categories ?? []).map(({ id, label }) => ({ id, text: label }))]} onChange={(id) => set("category", id)} />
      {(meta?.brands.length ?? 0) > 1 && <Select label={w.ticket.brand} value={filter.brand ?? ANY} choices={[any, ...(meta?.brands ?? []).map(({ id, name }) => ({ id, text: name }))]} onChange={(id) => set("brand", id)} />}
      <PersonField label={w.ticket.requester} kind="customer" value={asked} onChange={setAsked} onChoose={(person) => (setAsked(person.name ?? person.email ?? ""), set("requester", person.id))} />
      <SaveView filter={filter} />
    </>
  );
}
