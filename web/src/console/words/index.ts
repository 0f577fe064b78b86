import { catalogue } from "../../i18n/language.ts";
import { en } from "./en.ts";

export const useWords = catalogue(en, () => import("./de.ts").then((module) => module.de));
export type Words = ReturnType<typeof useWords>;
