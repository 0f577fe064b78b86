//! Background jobs: what is asked for, watched, stopped and fetched over HTTP, and the worker that does it step by step.

mod ask;
mod filter;
mod job;
mod person;
mod run;
mod table;

lambdesk_function::area! {
    bulk,
    rename_tag,
    export,
    erase_person,
    export_person,
    import,
    start_import,
    list_jobs,
    get_job,
    list_items,
    stop_job,
    get_file,
    work,
}
