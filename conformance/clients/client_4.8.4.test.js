import { testClient } from "./matrix/client.js";

testClient("4.8.4");
