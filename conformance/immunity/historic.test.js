// The holes that servers of this kind have had, one test for each.
import { engineCases } from "./cases/engine.js";
import { parserCases } from "./cases/parser.js";
import { websocketCases } from "./cases/websocket.js";
import { immunityTests } from "./immune.js";

immunityTests("Engine.IO", engineCases);
immunityTests("WebSocket", websocketCases);
immunityTests("Socket.IO", parserCases);
