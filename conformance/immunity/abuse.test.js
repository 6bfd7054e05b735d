// Clients that keep to the protocol and overdo it, and those that are not to connect at all.
import { abuseCases } from "./cases/abuse.js";
import { accessCases } from "./cases/access.js";
import { immunityTests } from "./immune.js";

immunityTests("abuse", abuseCases);
immunityTests("who may connect", accessCases);
