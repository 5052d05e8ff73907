window.YTD.tweets.part0 = [
  {
    "tweet" : {
      "id_str" : "1757700000000000001",
      "created_at" : "Wed Feb 14 10:12:13 +0000 2024",
      "full_text" : "@ana_p Tea &amp; cake at https://t.co/abcdefghij, ask @bo",
      "in_reply_to_status_id_str" : "1757600000000000000",
      "in_reply_to_user_id_str" : "77",
      "in_reply_to_screen_name" : "ana_p",
      "entities" : {
        "user_mentions" : [
          { "name" : "Ana", "screen_name" : "ana_p", "id_str" : "77" },
          { "name" : "Bo", "screen_name" : "bo", "id_str" : "78" }
        ],
        "urls" : [ { "url" : "https://t.co/abcdefghij", "expanded_url" : "https://tea.example/menu", "display_url" : "tea.example/menu" } ]
      }
    }
  },
  {
    "tweet" : { "created_at" : "Wed Feb 14 10:12:13 +0000 2024", "full_text" : "no id" }
  },
  {
    "tweet" : { "id_str" : "1757700000000000002", "created_at" : "Wed Feb 14 11:00:00 +0000 2024", "full_text" : "Closed tomorrow", "entities" : { "user_mentions" : [ ], "urls" : [ ] } }
  }
]
