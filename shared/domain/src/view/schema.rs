//! Tests in the OpenAPI document: one object for each kind of question.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, RefOr, SchemaFormat,
        schema::{AdditionalProperties, ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type},
    },
};

use super::Test;
use crate::{
    id::{BrandId, CategoryId, OrganizationId, PersonId},
    text::Tag,
    words::{Channel, Priority, Status},
};

impl PartialSchema for Test {
    fn schema() -> RefOr<Schema> {
        let text = || RefOr::from(ObjectBuilder::new().schema_type(Type::String).build());
        let flag = || RefOr::from(ObjectBuilder::new().schema_type(Type::Boolean).build());
        let statuses = Status::ALL.iter().map(|status| status.as_str()).chain(["open"]);
        let statuses = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(statuses)).build();
        let types = SchemaType::from_iter([Type::String, Type::Number, Type::Boolean]);
        let custom = || ObjectBuilder::new().schema_type(Type::String).pattern(Some("^fields\\.[A-Za-z0-9_]{1,40}$")).build();
        let listed = [
            (named("status"), RefOr::from(statuses)),
            (named("priority"), Priority::schema()),
            (named("category"), CategoryId::schema()),
            (named("brand"), BrandId::schema()),
            (named("assignee"), text()),
            (named("team"), text()),
            (named("requester"), PersonId::schema()),
            (named("organization"), OrganizationId::schema()),
            (named("channel"), Channel::schema()),
            (named("tag"), Tag::schema()),
            (named("breached"), flag()),
            (named("rated"), flag()),
            (custom(), ObjectBuilder::new().schema_type(types).build().into()),
        ];
        let mut kinds = OneOfBuilder::new();
        for (field, values) in listed {
            for word in ["is", "is_not"] {
                kinds = kinds.item(asking(field.clone(), word, values.clone()));
            }
        }
        let time =
            || ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
        let created = closed(ObjectBuilder::new())
            .property("field", named("created_at"))
            .property("from", time())
            .property("before", time());
        kinds.item(asking(named("tag"), "has_all", Tag::schema())).item(created.required("field")).into()
    }
}

impl ToSchema for Test {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ViewTest")
    }
}

fn named(field: &str) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some([field])).build()
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
