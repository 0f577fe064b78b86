import type { ReactElement } from "react";
import { PriorityMark, StatusMark } from "../../design/marks.tsx";
import { Loading } from "../../design/states.tsx";
import { useLabels } from "../data/desk.tsx";
import { useMeta } from "../data/reads.ts";
import { useWords } from "../words/index.ts";
import { Section, Table } from "./parts.tsx";

/** Statuses, priorities, categories and brands, as the desk names them. They are set where the desk is set up. */
export function DeskWords(): ReactElement {
  const w = useWords();
  const labels = useLabels();
  const meta = useMeta().data;
  if (!meta) return <Loading />;
  return (
    <Section title={w.settings.words}>
      {() => (
        <>
          <p className="quiet small">{w.settings.readOnly}</p>
          <Table label={w.ticket.status} columns={[w.ticket.status, ""]}>
            {meta.statuses.map(({ status, label }) => (
              <tr key={status}>
                <td>
                  <StatusMark status={status} label={label} />
                </td>
                <td className="mono quiet">{status}</td>
              </tr>
            ))}
          </Table>
          <Table label={w.ticket.priority} columns={[w.ticket.priority, ""]}>
            {meta.priorities.map(({ priority, label }) => (
              <tr key={priority}>
                <td>
                  <PriorityMark priority={priority} label={label} />
                </td>
                <td className="mono quiet">{priority}</td>
              </tr>
            ))}
          </Table>
          <Table label={w.ticket.category} columns={[w.ticket.category, ""]}>
            {meta.categories.map(({ id, label, parent }) => (
              <tr key={id}>
                <td>{parent ? `${labels.category(parent)} › ${label}` : label}</td>
                <td className="mono quiet">{id}</td>
              </tr>
            ))}
          </Table>
          <Table label={w.ticket.brand} columns={[w.ticket.brand, ""]}>
            {meta.brands.map(({ id, name }) => (
              <tr key={id}>
                <td>{name}</td>
                <td className="mono quiet">{id}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </Section>
  );
}
