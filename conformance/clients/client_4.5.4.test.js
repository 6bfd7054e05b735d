import { testClient } from "./matrix/client.js";

testClient("4.5.4");
