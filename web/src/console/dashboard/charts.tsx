import type { ReactElement, ReactNode } from "react";
import { number } from "../../i18n/format.ts";
import { useWords } from "../words/index.ts";
import "./dashboard.css";

export interface Bar {
  name: string;
  value: number;
  /** What is written at its end; the value where it is left out. */
  text?: string;
  colour?: string;
  mark?: ReactNode;
}

/** A chart with its figures behind it, for those who read better than they see. */
export function Chart({ title, hint, columns, rows, children }: { title: string; hint?: string; columns: string[]; rows: (string | number)[][]; children: ReactNode }): ReactElement {
  const w = useWords();
  return (
    <figure className="panel chart">
      <figcaption>
        <h2>{title}</h2>
        {hint && <p className="quiet small">{hint}</p>}
      </figcaption>
      {children}
      <details>
        <summary className="small">{w.dashboard.table}</summary>
        <div className="scroll-x" tabIndex={0} role="region" aria-label={title}>
          <table className="table">
            <thead>
              <tr>
                {columns.map((column, index) => (
                  <th key={column} scope="col" className={index > 0 ? "number" : undefined}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, at) => (at === 0 ? <th key={at} scope="row">{cell}</th> : <td key={at} className="number">{cell}</td>))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

/** One bar a row. The drawing is hidden from screen readers, who have the table. */
export function Bars({ bars }: { bars: Bar[] }): ReactElement {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <ul className="bars" aria-hidden>
      {bars.map((bar) => (
        <li key={bar.name}>
          <span className="clip">{bar.mark ?? bar.name}</span>
          <svg width="100%" height="14" preserveAspectRatio="none" viewBox="0 0 100 14" focusable="false">
            <rect x="0" y="2" width="100" height="10" rx="1" className="bar-bed" />
            <rect x="0" y="2" width={(bar.value / most) * 100} height="10" rx="1" fill={bar.colour ?? "var(--chart-1)"} />
          </svg>
          <span className="bar-value">{bar.text ?? number(bar.value)}</span>
        </li>
      ))}
    </ul>
  );
}

export interface Column {
  name: string;
  /** Stacked from below. */
  parts: number[];
}

/** Columns over time, stacked; the axis names the most and every few days. */
export function Columns({ columns, colours, names }: { columns: Column[]; colours: string[]; names: string[] }): ReactElement {
  const most = Math.max(1, ...columns.map((column) => column.parts.reduce((sum, part) => sum + part, 0)));
  const top = niceTop(most);
  const width = 640;
  const height = 170;
  const step = width / Math.max(1, columns.length);
  const y = (value: number) => height - (value / top) * height;
  const every = Math.ceil(columns.length / 7);
  return (
    <div aria-hidden>
      <svg className="columns" viewBox={`-34 -8 ${width + 40} ${height + 34}`} focusable="false">
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line x1="0" x2={width} y1={y(top * share)} y2={y(top * share)} className="axis" />
            <text x="-8" y={y(top * share) + 4} textAnchor="end">
              {number(top * share, 1)}
            </text>
          </g>
        ))}
        {columns.map((column, index) => {
          let below = 0;
          return (
            <g key={column.name}>
              {column.parts.map((part, at) => {
                const from = below;
                below += part;
                return part > 0 ? <rect key={at} x={index * step + step * 0.16} width={step * 0.68} y={y(below)} height={y(from) - y(below)} fill={colours[at]} /> : null;
              })}
              {index % every === 0 && (
                <text x={index * step + step / 2} y={height + 18} textAnchor="middle">
                  {column.name}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      {names.length > 1 && (
        <ul className="legend small">
          {names.map((name, index) => (
            <li key={name}>
              <i style={{ background: colours[index] }} /> {name}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 5, 10].map((factor) => factor * power).find((top) => top >= most && top >= 2) ?? most;
}
