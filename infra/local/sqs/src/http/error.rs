//! Errors in the two notations of SQS: JSON, and the codes of the older query protocol that SDKs still look for.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::CONTENT_TYPE;
use crate::SqsError;

const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");

/// The name of the error in JSON, and its code in the query protocol.
fn names(error: &SqsError) -> (&'static str, &'static str) {
    match error {
        SqsError::QueueDoesNotExist => ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
        SqsError::QueueNameExists(_) => ("QueueNameExists", "QueueAlreadyExists"),
        SqsError::ReceiptHandleIsInvalid => ("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"),
        SqsError::MessageNotInflight => ("MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"),
        SqsError::EmptyBatchRequest => ("EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"),
        SqsError::TooManyEntriesInBatchRequest(_) => {
            ("TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest")
        }
        SqsError::BatchEntryIdsNotDistinct(_) => ("BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
        SqsError::InvalidBatchEntryId => ("InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"),
        SqsError::BatchRequestTooLong(_) => ("BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"),
        SqsError::InvalidAttributeName(_) => ("InvalidAttributeName", "InvalidAttributeName"),
        SqsError::InvalidAttributeValue(_) => ("InvalidAttributeValue", "InvalidAttributeValue"),
        SqsError::InvalidMessageContents => ("InvalidMessageContents", "InvalidMessageContents"),
        SqsError::InvalidParameterValue(_) => ("InvalidParameterValueException", "InvalidParameterValue"),
        SqsError::MissingParameter(_) => ("MissingRequiredParameterException", "MissingParameter"),
        SqsError::ResourceNotFound(_) => ("ResourceNotFoundException", "ResourceNotFoundException"),
        SqsError::UnknownOperation(_) => ("UnknownOperationException", "InvalidAction"),
        SqsError::Malformed(_) => ("SerializationException", "MalformedInput"),
        SqsError::Storage(_) => ("InternalFailure", "InternalFailure"),
    }
}

/// Whether the caller could have known better.
pub(super) fn is_senders_fault(error: &SqsError) -> bool {
    !matches!(error, SqsError::Storage(_))
}

/// The code of the query protocol, which batch answers carry too.
pub(super) fn code_of(error: &SqsError) -> &'static str {
    names(error).1
}

pub(super) fn to_response(error: &SqsError) -> Response {
    let (name, code) = names(error);
    let (status, fault) = if is_senders_fault(error) {
        (StatusCode::BAD_REQUEST, "Sender")
    } else {
        (StatusCode::INTERNAL_SERVER_ERROR, "Receiver")
    };
    let headers = [(header::CONTENT_TYPE, CONTENT_TYPE.to_owned()), (QUERY_ERROR, format!("{code};{fault}"))];
    let body = json!({ "__type": format!("com.amazonaws.sqs#{name}"), "message": error.to_string() });
    (status, headers, body.to_string()).into_response()
}
