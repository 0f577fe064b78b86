import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { dateTime } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, Table, useChange, useList, useOpener } from "./parts.tsx";

/** Addresses that are sent nothing, and why. */
export function Addresses(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const query = useList("addresses", () => answer(api.GET("/v1/suppressions", { params: { query: { limit: 100 } } })));
  const opener = useOpener();
  const [address, setAddress] = useState("");
  const [detail, setDetail] = useState("");
  const add = useChange("addresses", () => answer(api.PUT("/v1/suppressions/{address}", { params: { path: { address } }, body: detail.trim() ? { detail } : {} })), opener.close);
  const remove = useChange("addresses", (one: string) => answer(api.DELETE("/v1/suppressions/{address}", { params: { path: { address: one } } })));
  return (
    <>
      <Section title={w.settings.addresses} query={query} action={<Button onPress={opener.open}>{w.address.add}</Button>}>
        {(rows) => (
          <Table label={w.settings.addresses} columns={[w.address.address, w.address.reason, w.address.since, w.address.until, ""]}>
            {rows.map((row) => (
              <tr key={row.address}>
                <td>
                  <bdi>{row.address}</bdi>
                </td>
                <td>
                  {row.reason.replaceAll("_", " ")}
                  {row.detail && <div className="quiet">{row.detail}</div>}
                </td>
                <td>{dateTime(row.since)}</td>
                <td>{row.until ? dateTime(row.until) : w.address.forever}</td>
                <td>
                  <Button small onPress={() => remove.run(row.address)} aria-label={`${t.act.remove}: ${row.address}`}>
                    {t.act.remove}
                  </Button>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
      {opener.isOpen && (
        <Form onSend={() => add.run(undefined)} busy={add.busy} send={t.act.save} onCancel={opener.close}>
          <Field label={w.address.address} type="email" value={address} onChange={setAddress} wrong={add.problem?.field("address")} autoFocus />
          <Field label={w.address.why} value={detail} onChange={setDetail} wrong={add.problem?.field("detail")} />
        </Form>
      )}
    </>
  );
}
