window.YTD.direct_messages.part0 = [
  { "dmConversation" : { "conversationId" : "12-77", "messages" : [
    { "messageCreate" : { "recipientId" : "77", "reactions" : [ ], "urls" : [ ], "text" : "Until six", "mediaUrls" : [ ], "senderId" : "12", "id" : "901", "createdAt" : "2024-02-14T12:00:00.250Z" } },
    { "messageCreate" : { "recipientId" : "12", "reactions" : [ ], "urls" : [ { "url" : "https://t.co/zyxwvutsrq", "expanded" : "https://x.io/map", "display" : "x.io/map" } ], "text" : "Here? https://t.co/zyxwvutsrq", "mediaUrls" : [ "https://ton.example/1.jpg" ], "senderId" : "77", "id" : "900", "createdAt" : "2024-02-14T11:59:00.000Z" } },
    { "messageCreate" : { "senderId" : "77", "id" : "899", "createdAt" : "some day" } }
  ] } },
  { "dmConversation" : { "conversationId" : "555", "messages" : [
    { "participantsJoin" : { "initiatingUserId" : "12", "userIds" : [ "78" ], "createdAt" : "2024-02-14T09:00:00.000Z" } },
    { "messageCreate" : { "reactions" : [ ], "urls" : [ ], "text" : "Welcome all", "mediaUrls" : [ ], "senderId" : "12", "id" : "950", "createdAt" : "2024-02-14T09:01:00.000Z" } }
  ] } }
]
