import { testClient } from "./matrix/client.js";

testClient("4.7.5");
