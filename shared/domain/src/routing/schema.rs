//! Conditions in the OpenAPI document: one object for each kind of question.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{AdditionalProperties, ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type},
    },
};

use super::{Condition, Criterion, phrase::MAX_PHRASE};
use crate::{
    id::{Audience, BrandId, CalendarId, CategoryId, OrganizationId, PersonId},
    text::Tag,
    words::{Channel, Language, Priority, Status},
};

impl PartialSchema for Condition {
    fn schema() -> RefOr<Schema> {
        let criterion = || Ref::from_schema_name(Criterion::name());
        let any = closed(ObjectBuilder::new())
            .description(Some("One of these must hold."))
            .property("any", ArrayBuilder::new().items(criterion()).min_items(Some(1)))
            .required("any");
        OneOfBuilder::new().item(criterion()).item(any).into()
    }
}

impl ToSchema for Condition {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Criterion::name().into_owned(), Criterion::schema()));
    }
}

impl PartialSchema for Criterion {
    fn schema() -> RefOr<Schema> {
        let text = || RefOr::from(ObjectBuilder::new().schema_type(Type::String).build());
        let listed = [
            ("brand", BrandId::schema()),
            ("priority", Priority::schema()),
            ("category", CategoryId::schema()),
            ("channel", Channel::schema()),
            ("language", Language::schema()),
            ("status", Status::schema()),
            ("requester", PersonId::schema()),
            ("requester_domain", text()),
            ("organization", OrganizationId::schema()),
            ("audience", Audience::schema()),
            ("tag", Tag::schema()),
        ];
        let mut kinds = OneOfBuilder::new();
        for (field, values) in listed {
            for word in ["is", "is_not"] {
                kinds = kinds.item(asking(named(&[field]), word, values.clone()));
            }
        }
        let custom = || ObjectBuilder::new().schema_type(Type::String).pattern(Some("^fields\\.[A-Za-z0-9_]{1,40}$")).build();
        let held = || {
            let types = [Type::String, Type::Number, Type::Boolean];
            RefOr::from(ObjectBuilder::new().schema_type(SchemaType::from_iter(types)).build())
        };
        for word in ["is", "is_not"] {
            kinds = kinds.item(asking(custom(), word, held()));
        }
        let phrase = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(MAX_PHRASE)).build();
        kinds = kinds.item(asking(named(&["subject", "body", "subject_or_body"]), "contains_any", phrase.into()));
        let hours = closed(ObjectBuilder::new())
            .property("field", named(&["business_hours"]))
            .property("calendar", CalendarId::schema())
            .property("is_open", ObjectBuilder::new().schema_type(Type::Boolean))
            .required("field")
            .required("calendar")
            .required("is_open");
        kinds.item(hours).into()
    }
}

impl ToSchema for Criterion {
    // The criteria of policies are called so too.
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("RoutingCriterion")
    }
}

fn named(fields: &[&str]) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(fields.iter().copied())).build()
}

fn asking(field: Object, word: &str, values: RefOr<Schema>) -> ObjectBuilder {
    closed(ObjectBuilder::new())
        .property("field", field)
        .property(word, ArrayBuilder::new().items(values).min_items(Some(1)))
        .required("field")
        .required(word)
}

fn closed(object: ObjectBuilder) -> ObjectBuilder {
    object.additional_properties(Some(AdditionalProperties::FreeForm(false)))
}
