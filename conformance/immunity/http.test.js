// HTTP as an attacker speaks it.
import { httpCases } from "./cases/http.js";
import { immunityTests } from "./immune.js";

immunityTests("HTTP", httpCases);
