window.YTD.account.part0 = [ { "account" : { "username" : "teashop", "accountId" : "12", "accountDisplayName" : "The Tea Shop" } } ]
