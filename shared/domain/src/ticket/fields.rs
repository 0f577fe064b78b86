//! Custom fields of a ticket. A desk that defined none takes any; one that did takes what it defined, and old values stay.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Context, Ticket};
use crate::{
    caller::Caller,
    config::TenantConfig,
    error::{DomainError, FieldError},
    field::{FieldDefinition, Required, is_number, is_text, says_something},
    id::CategoryId,
};

/// Custom fields hold texts, numbers, yes or no, and lists of choices, under short names.
/// Where no desk is named it is as for one that defined none.
pub fn wrong_fields(fields: &BTreeMap<String, Value>, config: Option<&TenantConfig>) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    let bytes: usize = fields.iter().map(|(name, value)| name.len() + size(value)).sum();
    if fields.len() > 50 || bytes > 16 * 1024 {
        wrong.push(FieldError::new("fields", "too_many", "must be at most 50 fields and 16384 bytes in all"));
    }
    for (name, value) in fields {
        let path = format!("fields.{name}");
        let name_fits = (1..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !name_fits {
            wrong.push(FieldError::new(path, "invalid", "the name must be 1 to 40 letters, digits or _"));
            continue;
        }
        let value_fits = match value {
            Value::Null | Value::Bool(_) => true,
            Value::Number(number) => is_number(number),
            Value::String(text) => is_text(text),
            Value::Array(values) => {
                config.is_some_and(TenantConfig::defines_fields) && values.iter().all(|value| value.as_str().is_some_and(is_text))
            }
            Value::Object(_) => false,
        };
        // What a desk defined is judged by its own kind.
        if !value_fits && config.is_none_or(|config| config.field(name).is_none()) {
            let message = "must be a text of at most 2000 characters, a number up to 1e15, or true or false";
            wrong.push(FieldError::new(path, "invalid", message));
        }
    }
    wrong
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(size).sum(),
        _ => 8,
    }
}

/// What somebody gives a ticket of this category, against what the desk defined and what the ticket `had`. Nothing new is asked
/// of a value that stays as it was.
pub(super) fn wrong_values(
    given: &BTreeMap<String, Value>,
    had: &BTreeMap<String, Value>,
    category: Option<&CategoryId>,
    ctx: &Context<'_>,
) -> Vec<FieldError> {
    if !ctx.config.defines_fields() {
        return Vec::new();
    }
    let changed = given.iter().filter(|(name, value)| had.get(*name).unwrap_or(&Value::Null) != *value);
    let judged = changed.filter_map(|(name, value)| {
        let (code, message) = judge(name, value, category, ctx)?;
        Some(FieldError::new(format!("fields.{name}"), code, message))
    });
    judged.collect()
}

fn judge(name: &str, value: &Value, category: Option<&CategoryId>, ctx: &Context<'_>) -> Option<(&'static str, String)> {
    let clears = value.is_null() && ctx.by_staff();
    let there =
        ctx.config.field(name).filter(|field| field.is_used() && ctx.caller.is_none_or(|caller| field.is_shown_to(caller)));
    let Some(field) = there else {
        // What is left of former fields may be cleared.
        return (!clears).then(|| ("unknown_field", "there is no such field here".to_owned()));
    };
    if !ctx.by_staff() && !field.editable_by_customer {
        return Some(("not_allowed", "only staff may set this".to_owned()));
    }
    if value.is_null() {
        return None;
    }
    if !field.belongs_to(category, ctx.config) {
        return Some(("not_of_category", "tickets of this category have no such field".to_owned()));
    }
    field.check_value(value).err().map(|message| ("invalid", message))
}

/// Values out of another desk, as far as this one has fields for them; and what is wrong with the others, by their names.
pub(super) fn fitting(
    given: BTreeMap<String, Value>,
    category: Option<&CategoryId>,
    config: &TenantConfig,
) -> (BTreeMap<String, Value>, Vec<(String, String)>) {
    if !config.defines_fields() {
        return (given, Vec::new());
    }
    let (mut fields, mut unfit) = (BTreeMap::new(), Vec::new());
    for (name, value) in given {
        let read = match config.field(&name).filter(|field| field.is_used()) {
            None => Err("there is no such field here".to_owned()),
            Some(field) if !field.belongs_to(category, config) => Err("tickets of this category have no such field".to_owned()),
            Some(field) => field.read_value(value),
        };
        match read {
            Ok(value) => drop(fields.insert(name, value)),
            Err(message) => unfit.push((name, message)),
        }
    }
    (fields, unfit)
}

/// What a request that is opened over the API must say and does not: of what its sender may fill in.
pub(super) fn missing_on_create(
    fields: &BTreeMap<String, Value>,
    category: Option<&CategoryId>,
    ctx: &Context<'_>,
) -> Vec<FieldError> {
    let asks = |field: &&FieldDefinition| {
        let may_answer = ctx.by_staff() || (field.is_shown_to_customers() && field.editable_by_customer);
        field.required == Required::OnCreate && may_answer
    };
    missing(fields, category, ctx.config, asks)
}

fn missing<'a>(
    fields: &BTreeMap<String, Value>,
    category: Option<&CategoryId>,
    config: &'a TenantConfig,
    asks: impl Fn(&&'a FieldDefinition) -> bool,
) -> Vec<FieldError> {
    let asked = config.fields.iter().filter(|field| field.is_used() && field.belongs_to(category, config)).filter(asks);
    let empty = asked.filter(|field| !says_something(fields.get(field.id.as_str())));
    empty.map(|field| FieldError::new(format!("fields.{}", field.id), "required", "is required")).collect()
}

impl Ticket {
    /// Staff resolve nothing before it says what must be said then. Customers close what is theirs as it is: they may not even see
    /// what is missing.
    pub(super) fn check_resolvable(&self, ctx: &Context<'_>) -> Result<(), DomainError> {
        if !ctx.by_staff() {
            return Ok(());
        }
        let wrong = missing(&self.fields, self.category.as_ref(), ctx.config, |field| field.required == Required::OnResolve);
        if wrong.is_empty() { Ok(()) } else { Err(DomainError::Invalid(wrong)) }
    }

    /// What must be said cannot be taken back, while the ticket is where it must be.
    pub(super) fn check_nothing_taken_back(&self, before: &Self, ctx: &Context<'_>) -> Result<(), DomainError> {
        let done = !self.status.is_open();
        let wrong = missing(&self.fields, self.category.as_ref(), ctx.config, |field| {
            let said = says_something(before.fields.get(field.id.as_str()));
            said && (field.required == Required::OnCreate || (field.required == Required::OnResolve && done))
        });
        if wrong.is_empty() { Ok(()) } else { Err(DomainError::Invalid(wrong)) }
    }

    /// Its custom fields as the caller sees them. What a desk did not define is the staff's once it defined any.
    pub fn fields_for(&self, caller: &Caller, config: &TenantConfig) -> BTreeMap<String, Value> {
        if caller.is_staff() {
            return self.fields.clone();
        }
        self.fields_for_customers(config)
    }

    /// The same for whoever reads what customers read.
    pub fn fields_for_customers(&self, config: &TenantConfig) -> BTreeMap<String, Value> {
        // What another desk kept for its staff came with all the rest: nobody said yet what customers may see of it.
        if self.imported.is_some() && !config.defines_fields() {
            return BTreeMap::new();
        }
        let shown: BTreeSet<_> =
            config.fields.iter().filter(|field| field.is_shown_to_customers()).map(|field| field.id.as_str()).collect();
        let fields = self.fields.iter().filter(|(name, _)| !config.defines_fields() || shown.contains(name.as_str()));
        fields.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{
            NewTicket, TicketPatch, TicketView,
            tests::{Desk, ada, body, carl},
            update,
        },
        *,
    };
    use crate::{
        field::{FieldKind, VisibleTo, tests::definition},
        text::Subject,
        words::Status,
    };

    fn desk() -> Desk {
        let mut desk = Desk::new(Status::ALL);
        let order = FieldDefinition { required: Required::OnCreate, ..definition("order", FieldKind::Text) };
        let risk = FieldDefinition {
            visible_to: VisibleTo::Staff,
            editable_by_customer: false,
            required: Required::OnResolve,
            ..definition("risk", FieldKind::Choice)
        };
        let refund = FieldDefinition {
            categories: Some([desk.config.categories[0].id.clone()].into()),
            required: Required::OnResolve,
            editable_by_customer: false,
            ..definition("refund", FieldKind::Number)
        };
        let old = FieldDefinition { active: false, ..definition("old", FieldKind::Text) };
        desk.config.fields = vec![order, risk, refund, old, definition("colours", FieldKind::Many)];
        desk
    }

    fn fields(value: &Value) -> BTreeMap<String, Value> {
        serde_json::from_value(value.clone()).expect("an object")
    }

    fn new(given: &Value) -> NewTicket {
        NewTicket { fields: fields(given), ..NewTicket::new(Subject::parse("x").expect("fits"), body("x")) }
    }

    fn wrong<T>(result: Result<T, DomainError>) -> Vec<(String, &'static str)> {
        match result {
            Err(DomainError::Invalid(wrong)) => wrong.into_iter().map(|wrong| (wrong.path, wrong.code)).collect(),
            Err(error) => panic!("{error}"),
            Ok(_) => Vec::new(),
        }
    }

    fn named(paths: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
        paths.iter().map(|(path, code)| ((*path).to_owned(), *code)).collect()
    }

    #[test]
    fn who_asks_fills_in_what_is_theirs() {
        let mut desk = desk();
        let given = json!({ "risk": "red", "refund": 1, "old": "x", "nothing": null, "colours": ["red", "red"] });
        let expected = [
            ("fields.colours", "invalid"),
            ("fields.nothing", ""),
            ("fields.old", "unknown_field"),
            ("fields.refund", "not_allowed"),
            ("fields.risk", "unknown_field"),
            ("fields.order", "required"),
        ];
        let expected: Vec<_> = expected.into_iter().filter(|(_, code)| !code.is_empty()).collect();
        assert_eq!(wrong(desk.try_open(&carl(), new(&given))), named(&expected));
        let staff = json!({ "risk": "red", "refund": 1, "order": "7" });
        assert_eq!(wrong(desk.try_open(&ada(), new(&staff))), named(&[("fields.refund", "not_of_category")]));
        let opened = desk.try_open(&carl(), new(&json!({ "order": "7", "colours": ["red"] }))).expect("complete").after;
        assert_eq!(opened.fields["colours"], json!(["red"]));
    }

    #[test]
    fn nothing_is_resolved_before_it_is_said() {
        let mut desk = desk();
        let mut open = new(&json!({ "order": "7" }));
        open.category = Some(desk.config.categories[0].id.clone());
        let ticket = desk.try_open(&carl(), open).expect("complete").after;
        let missing = named(&[("fields.risk", "required"), ("fields.refund", "required")]);
        assert_eq!(wrong(desk.status(&ada(), &ticket, Status::Resolved)), missing);
        assert_eq!(wrong(desk.status(&ada(), &ticket, Status::Closed)), missing);
        assert_eq!(wrong(desk.reply(&ada(), &ticket, Some(Status::Resolved))), missing);
        assert!(desk.status(&carl(), &ticket, Status::Closed).is_ok(), "whose it is closes it");
        let said = |given: Value, status| TicketPatch { fields: fields(&given), status, ..TicketPatch::default() };
        let full = said(json!({ "risk": "red", "refund": 0 }), Some(Status::Resolved));
        let done = desk.act(&ada(), |ctx| update(ticket.clone(), full, ctx)).expect("in one step").after;
        let taken = said(json!({ "risk": null }), None);
        assert_eq!(wrong(desk.act(&ada(), |ctx| update(done.clone(), taken, ctx))), named(&[("fields.risk", "required")]));
        let cleared = TicketPatch { clear_fields: true, ..TicketPatch::default() };
        assert_eq!(wrong(desk.act(&ada(), |ctx| update(ticket, cleared, ctx))), named(&[("fields.order", "required")]));
    }

    #[test]
    fn customers_see_what_is_shown_to_them() {
        let mut desk = desk();
        let mut ticket = desk.try_open(&carl(), new(&json!({ "order": "7" }))).expect("complete").after;
        ticket.fields = fields(&json!({ "order": "7", "risk": "red", "former": "x", "old": "y" }));
        let view = |desk: &Desk, caller| TicketView::of(&ticket, &caller, (&desk.config, desk.now)).fields;
        assert_eq!(view(&desk, carl()).into_keys().collect::<Vec<_>>(), ["old", "order"]);
        assert_eq!(view(&desk, ada()).len(), 4);
        desk.config.fields.iter_mut().for_each(|field| field.withdrawn = true);
        assert_eq!(view(&desk, carl()).len(), 0, "what was hidden stays so when all fields are gone");
        let patch = |given: Value| TicketPatch { fields: fields(&given), ..TicketPatch::default() };
        let same = patch(json!({ "former": "x" }));
        assert_eq!(wrong(desk.act(&ada(), |ctx| update(ticket.clone(), same, ctx))), [], "nothing is asked of what stays");
        let other = patch(json!({ "former": "z" }));
        let refused = named(&[("fields.former", "unknown_field")]);
        assert_eq!(wrong(desk.act(&ada(), |ctx| update(ticket.clone(), other, ctx))), refused);
        let gone = patch(json!({ "former": null }));
        assert!(!desk.act(&ada(), |ctx| update(ticket.clone(), gone, ctx)).expect("cleared").after.fields.contains_key("former"));
    }
}
