import { testClient } from "./matrix/client.js";

testClient("3.1.3");
