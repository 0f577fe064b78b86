//! What attackers and accidents do to help desks, by class. D1, D2 and D5 also stand in `registry`, A4, B3 and B9 beside the
//! code that they guard.

mod access;
mod browser;
mod content;
mod files;
mod sign_in;
