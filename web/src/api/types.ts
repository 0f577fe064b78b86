import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Ticket = Schemas["TicketView"];
export type Thread = Schemas["TicketWithThread"];
export type Message = Schemas["MessageView"];
export type TicketEvent = Schemas["EventView"];
export type Me = Schemas["Me"];
export type Meta = Schemas["Meta"];
export type Agent = Schemas["Agent"];
export type Team = Schemas["Team"];
export type Actor = Schemas["Actor"];
export type Status = Schemas["Status"];
export type Priority = Schemas["Priority"];
export type Clock = Schemas["Clock"];
export type Sla = Schemas["Sla"];
export type Attachment = Schemas["Attachment"];
export type Scheduled = Schemas["ScheduledView"];
export type View = Schemas["View"];
export type CannedResponse = Schemas["CannedResponseView"];
export type Job = Schemas["Job"];
export type LinkKind = Schemas["LinkKind"];
export type FieldDefinition = Schemas["FieldDefinition"];
export type Problem = Schemas["Problem"];
export type Permission = Schemas["Permission"];
export type Stats = Schemas["Stats"];
export type TicketChange = Schemas["TicketsUpdateInput"];
export type Page<T> = { items: T[]; next_cursor?: string | null };
