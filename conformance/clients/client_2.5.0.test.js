import { testClient } from "./matrix/client.js";

testClient("2.5.0");
