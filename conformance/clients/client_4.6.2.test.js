import { testClient } from "./matrix/client.js";

testClient("4.6.2");
