// What a client may do in a time, where the application has set a limit.
import { floodCases } from "./cases/parser.js";
import { immunityTests } from "./immune.js";

immunityTests("guards", floodCases);
