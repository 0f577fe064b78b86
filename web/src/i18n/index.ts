import { en } from "./en.ts";
import { catalogue } from "./language.ts";

export const useTexts = catalogue(en, () => import("./de.ts").then((module) => module.de));
