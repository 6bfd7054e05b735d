#pragma once

// Keys made for these tests, and tokens that `jsonwebtoken` 9.0.3 has signed with them:
// {"sub":"ada","exp":2000000000}.

namespace tests {

inline constexpr char rsa_key[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA26+0scGlwNPYs53gOxjl\n"
    "+d2aGeDPtOvLmo/9rICmx0bOYjGiUp65S2U3o+fuE1mTLSJX6LPxHnfOWMogiW1T\n"
    "oOmcQwE7AipmXwKfdLFazmDwSTVvqMabpcod7SKW462NSc2q34KMcFBrd6ML/pwL\n"
    "Onskhg1bh+PU/9E9q7fD3VTxB/y+G1Z2Eibv2J8/YP+uDDkJ0VBmK6ThQ/EspJ7/\n"
    "feox4yQffkyaCyufFTHiKI5ffjjeei6+MCinIDigCBphF5GHOpDT4DKq6QhiZR2h\n"
    "j8+T55BFtO9Ue7SdBwXNKWIvYmshU6lt0sTn6dq79oXfLG9GdjtP5tlIht+xfPf2\n"
    "SQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr char rsa_key_pkcs1[] =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEA26+0scGlwNPYs53gOxjl+d2aGeDPtOvLmo/9rICmx0bOYjGiUp65\n"
    "S2U3o+fuE1mTLSJX6LPxHnfOWMogiW1ToOmcQwE7AipmXwKfdLFazmDwSTVvqMab\n"
    "pcod7SKW462NSc2q34KMcFBrd6ML/pwLOnskhg1bh+PU/9E9q7fD3VTxB/y+G1Z2\n"
    "Eibv2J8/YP+uDDkJ0VBmK6ThQ/EspJ7/feox4yQffkyaCyufFTHiKI5ffjjeei6+\n"
    "MCinIDigCBphF5GHOpDT4DKq6QhiZR2hj8+T55BFtO9Ue7SdBwXNKWIvYmshU6lt\n"
    "0sTn6dq79oXfLG9GdjtP5tlIht+xfPf2SQIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n";

inline constexpr char short_rsa_key[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCzHKD7CKhTOZcF0WTkruyVW9wn\n"
    "9aV/as1Pndonjdref306TtSLy3lfJQZDDNyNxGPnOZ8C5zCIz3Ti6S5d8nSokFi4\n"
    "hQMhmrndUluWQMJebS8EfyMPOuHCS+tn2LC3SLexy6Vf0g+fAjOjc8l7wYm1LIfz\n"
    "G/y1R93KiAZgMjyiCwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr char p256_key[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE77iMhzq/zTE0UjoMQABvINaRCJaV\n"
    "fb64b7UXI848Lnm7zjGolZNkQMmK41EidxyvpM9aFRZ/g+iGkqifFV++HA==\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr char p384_key[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEbtztX7efPj6yi27CSJ44sMcwxYY5pzlB\n"
    "LnZTYYkW2XLBDQqu8eKMQz53k+g87CHo1Jlyncb1W1rKeL2hgXVlgIAnI2lXpEk7\n"
    "vZowhFWZ7StsdyJU4xMAAwLTQWd7pfMV\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr char p256_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBbjCCARWgAwIBAgIUG/DoSzlr5iho5ffsRHkEvv1Q2o4wCgYIKoZIzj0EAwIw\n"
    "DDEKMAgGA1UEAwwBeDAgFw0yNjExMjIwNzA4NDNaGA8yMTI2MTAyOTA3MDg0M1ow\n"
    "DDEKMAgGA1UEAwwBeDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABO+4jIc6v80x\n"
    "NFI6DEAAbyDWkQiWlX2+uG+1FyPOPC55u84xqJWTZEDJiuNRInccr6TPWhUWf4Po\n"
    "hpKonxVfvhyjUzBRMB0GA1UdDgQWBBSvjYdRnuImbKa/7tFOP4iVUF+fjzAfBgNV\n"
    "HSMEGDAWgBSvjYdRnuImbKa/7tFOP4iVUF+fjzAPBgNVHRMBAf8EBTADAQH/MAoG\n"
    "CCqGSM49BAMCA0cAMEQCIGicigFfFW25gos3O/eZJYxHXBluqxgolBS2CGGBpm5m\n"
    "AiACOjiL5lZmCPvVZII6cr4ShhR9kY9AWCbt8SwMagn1Mw==\n"
    "-----END CERTIFICATE-----\n";

inline constexpr char hs256_token[] =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjIwMDAwMDAwMDB9.9m"
    "3tKFlSm1P45zikD2SFf2rPV7a4s8PE8LjwqhzKe3I";

inline constexpr char hs384_token[] =
    "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjIwMDAwMDAwMDB9.o4"
    "gy5MXfRt-rXlo3FFDSIoOBR2TyQLS9CLp-Hag2Pd07bYF8EPcCghOsc_3NpKcI";

inline constexpr char hs512_token[] =
    "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjIwMDAwMDAwMDB9.Xz"
    "8L942JXP62_0RPnMQfKNLvIOnzJp0mrzqByMoME0AOwrzTjJ3r9tdoaPZ8YV_ownNefxo6fvrY2gCSIR"
    "TAWw";

inline constexpr char rs256_token[] =
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjIwMDAwMDAwMDB9.si"
    "7Hh-1pMu2frqiWtgIZJeh0e5FWjFqwuTvwBqK7bqktEP72KBCCV_5Tazf_g_TwUBuiqfRjWlHIH8lm-7"
    "gdattUpLiA1jd8bh9TokjDrH2S83S39Glr_ygn9uH3lR9AXaWILr0lhWjVOmeH--ZGaCzBJKx_tkHS5X"
    "KqPiYP5zDfUO5peLhctTwtuKMH4lJQMNHjiZrkzRIZpcRuEpxl5Qw-x2UlUXZmlccb7Ge_yTs0ZDl8SL"
    "gmWirx1QI32SkJfpREudSd0wNiMZjmS0IFyR5WHAETPKSDAJdXcbNX3yFMm2_lg7P-cVIkF3YKW3zkqJ"
    "BUsqlXXI48R9K_dgPyMg";

inline constexpr char es256_token[] =
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjIwMDAwMDAwMDB9.1D"
    "kQOJ-E18G1WZx-iiy9KcBdTqJtnSo3a8042owCT9nheKxw2FIT23tDKyQtYpMNuAfyXaYX_vKxwwMZ3a"
    "u4RA";

}  // namespace tests
