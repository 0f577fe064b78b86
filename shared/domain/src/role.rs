//! Who may do what: one table from role to permission.

use crate::words::word;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ParseError;

word!(
    /// What a person is to the desk.
    Role {
        /// Asks.
        Customer = "customer",
        /// Answers.
        Agent = "agent",
        /// Promises and assigns.
        Manager = "manager",
        /// Configures.
        Admin = "admin",
        /// Platform staff.
        Operator = "operator",
    }
);

impl Role {
    /// Everybody but customers.
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Customer)
    }
}

word!(
    /// One thing that a person may be allowed to do. The names are part of the contract: API keys are scoped by them.
    Permission {
        /// Open a ticket.
        TicketsCreate = "tickets.create",
        /// See tickets.
        TicketsRead = "tickets.read",
        /// Answer in public.
        TicketsReply = "tickets.reply",
        /// Close and reopen.
        TicketsClose = "tickets.close",
        /// Write internal notes, see notes and history.
        TicketsNote = "tickets.note",
        /// Change fields and status.
        TicketsUpdate = "tickets.update",
        /// Merge, split and link.
        TicketsMerge = "tickets.merge",
        /// Take a ticket, or give it back.
        TicketsAssignSelf = "tickets.assign_self",
        /// Give tickets to others.
        TicketsAssign = "tickets.assign",
        /// Delete softly.
        TicketsDelete = "tickets.delete",
        /// Bring back what was deleted.
        TicketsRestore = "tickets.restore",
        /// Change many at once.
        TicketsBulk = "tickets.bulk",
        /// Read the knowledge base.
        KbRead = "kb.read",
        /// Write articles.
        KbCreate = "kb.create",
        /// Change articles.
        KbUpdate = "kb.update",
        /// Publish articles.
        KbPublish = "kb.publish",
        /// Chat as a visitor.
        ChatVisit = "chat.visit",
        /// Answer chats.
        ChatHandle = "chat.handle",
        /// See figures.
        AnalyticsRead = "analytics.read",
        /// Change policies and calendars.
        SlaManage = "sla.manage",
        /// Manage agents and teams.
        PeopleManageAgents = "people.manage_agents",
        /// Prepare answers, macros and templates for teams and for everybody.
        AnswersManage = "answers.manage",
        /// Change the tenant's settings.
        SettingsManage = "settings.manage",
        /// Change rules and webhooks.
        AutomationManage = "automation.manage",
        /// Read the audit log.
        AuditRead = "audit.read",
        /// Make and revoke API keys.
        KeysManage = "keys.manage",
    }
);

/// The table. Each role has what the one before has, where the product's table says so; `chat.visit` and the
/// knowledge base's writing are the exceptions.
const CUSTOMER: &[Permission] = &[
    Permission::TicketsCreate,
    Permission::TicketsRead,
    Permission::TicketsReply,
    Permission::TicketsClose,
    Permission::KbRead,
    Permission::ChatVisit,
];
const AGENT: &[Permission] = &[
    Permission::TicketsCreate,
    Permission::TicketsRead,
    Permission::TicketsReply,
    Permission::TicketsClose,
    Permission::TicketsNote,
    Permission::TicketsUpdate,
    Permission::TicketsMerge,
    Permission::TicketsAssignSelf,
    Permission::KbRead,
    Permission::ChatHandle,
    Permission::AnalyticsRead,
];
const MANAGER_ADDS: &[Permission] = &[
    Permission::TicketsAssign,
    Permission::TicketsDelete,
    Permission::TicketsRestore,
    Permission::TicketsBulk,
    Permission::KbCreate,
    Permission::KbUpdate,
    Permission::KbPublish,
    Permission::SlaManage,
    Permission::PeopleManageAgents,
    Permission::AnswersManage,
];
const ADMIN_ADDS: &[Permission] =
    &[Permission::SettingsManage, Permission::AutomationManage, Permission::AuditRead, Permission::KeysManage];

impl Role {
    /// Whether the role includes the permission.
    pub fn grants(self, permission: Permission) -> bool {
        match self {
            Self::Customer => CUSTOMER.contains(&permission),
            Self::Agent => AGENT.contains(&permission),
            Self::Manager => AGENT.contains(&permission) || MANAGER_ADDS.contains(&permission),
            Self::Admin | Self::Operator => Self::Manager.grants(permission) || ADMIN_ADDS.contains(&permission),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_product_s() {
        use Permission as P;
        let rows = [
            (P::TicketsCreate, [true, true, true, true]),
            (P::TicketsNote, [false, true, true, true]),
            (P::TicketsAssignSelf, [false, true, true, true]),
            (P::TicketsAssign, [false, false, true, true]),
            (P::TicketsDelete, [false, false, true, true]),
            (P::KbRead, [true, true, true, true]),
            (P::KbPublish, [false, false, true, true]),
            (P::ChatVisit, [true, false, false, false]),
            (P::ChatHandle, [false, true, true, true]),
            (P::AnalyticsRead, [false, true, true, true]),
            (P::SlaManage, [false, false, true, true]),
            (P::AnswersManage, [false, false, true, true]),
            (P::SettingsManage, [false, false, false, true]),
            (P::KeysManage, [false, false, false, true]),
        ];
        let roles = [Role::Customer, Role::Agent, Role::Manager, Role::Admin];
        for (permission, expected) in rows {
            assert_eq!(roles.map(|role| role.grants(permission)), expected, "{permission}");
        }
    }
}
