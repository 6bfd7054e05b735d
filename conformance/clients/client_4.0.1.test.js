import { testClient } from "./matrix/client.js";

testClient("4.0.1");
