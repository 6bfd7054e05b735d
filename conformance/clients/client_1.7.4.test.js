import { testClient } from "./matrix/client.js";

testClient("1.7.4");
