/** Who may be picked at the stand-in issuer, by tenant. */
const PEOPLE: Record<string, string[]> = {
  demo: ["ada@demo.test", "ben@demo.test", "mia@demo.test", "admin@demo.test", "carl@example.test", "dana@example.test"],
  ...Object.fromEntries(
    ["erlessed", "platform", "ozean", "ticketing", "eur", "km"].map((tenant) => [
      tenant,
      ["agent", "manager", "admin", "customer"].map((role) => `${role}@${tenant}.test`),
    ]),
  ),
};

/** The page on which one of them is picked: a form of plain buttons. */
export function page(asked: URL): string {
  const kept = [...asked.searchParams].map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`).join("");
  const groups = Object.entries(PEOPLE).map(
    ([tenant, people]) =>
      `<fieldset><legend>${tenant}</legend>${people.map((email) => `<button name="person" value="${tenant}|${email}">${email}</button>`).join(" ")}</fieldset>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title><h1>Sign in as</h1><form>${kept}${groups.join("")}</form></html>`;
}

function escape(value: string): string {
  return value.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
