//! Mail: what comes in, what the desk tells people, in whose words, what the links in its mails do, and what it hears of mails
//! that failed.

mod allowed;
mod compose;
mod deliver;
pub mod failures;
mod files;
mod inbound;
mod marker;
mod page;
mod send_digest;
mod template;
mod template_view;
mod values;

lambdesk_function::area! {
    list_inbound_mails,
    receive,
    reprocess_inbound_mail,
    send,
    digest,
    unsubscribe_page,
    unsubscribe,
    rating_page,
    rate_by_link,
    open_file,
    list_templates,
    put_template,
    delete_template,
    preview_template,
    feedback,
    list_suppressions,
    suppress,
    unsuppress,
}
