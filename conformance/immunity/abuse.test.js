// Clients that keep to the protocol and overdo it.
import { abuseCases } from "./cases/abuse.js";
import { immunityTests } from "./immune.js";

immunityTests("abuse", abuseCases);
