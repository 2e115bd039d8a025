# The pages of links that do not sign in. Each says what happened, and what to do next.

refused-expired = This link has expired
    .text = Links work for a limited time, and this one’s time is over.
refused-used = This link has been used
    .text = It has already signed somebody in as often as it may, so it does not work again. If that was not you, have a new one sent and look at your account.
refused-revoked = This link was switched off
    .text = It was withdrawn before its time, so it does not sign you in any more.
refused-renewed = This link has ended
    .text = Since it was made, your access ended for a while, your address changed, or all your links and sign-ins were ended at once. Links from before that do not work any more.
refused-replaced = There is a newer link
    .text = A newer link was sent in place of this one. Look for the latest message, and use that.
refused-access-ended = Your access has ended
    .text = At the moment nothing is open to you here. If you think it should be, ask whoever invited you. Once you have access again, you can have a new link.
refused-subject-gone = This link belongs to nobody any more
    .text = The person it was made for is not with us any more, so it signs nobody in.
refused-test = This was a test message
    .text = It shows what a message looks like when it arrives. The link in it signs nobody in.
refused-other-browser = Open this link where you asked for it
    .text = It works only in the browser in which it was asked for. Open it there, or type the code from the same message on the sign-in page.
stopped = Signing in is paused
    .text = We have paused signing in for a moment. Your link is not lost: try it again a little later.
unknown = This link does not work
    .text = Perhaps it was cut off on its way. Copy all of it from the message, or ask for a new one here.

# What they offer.
offer-new = Send me a new one
    .home = It goes to the address we have on file for you.
    .offering = It goes to the address we have on file for you and leads to the same place.
offer-ask = Ask for a new link
offer-code = Type the code
offer-wait = Try again
on-its-way = Check your messages
    .text = If a new link can be sent, it is on its way to the address we have on file. It takes a minute at most.
    .nothing = Nothing there?
    .ask = Ask for a link on the sign-in page.

# Everything else that can go wrong.
failure-to-portal = Go to the portal
failure-to-console = Go to the console
failure-not-found = Nothing here
    .text = There is no page at this address. Check it for typing errors, or start anew.
failure-method = That can’t be done here
    .text = This address exists, but not for what was asked of it. Start anew.
failure-too-large = Too much at once
    .text = What was sent is too large. Send less and try again.
failure-unreadable = That could not be read
    .text = What was sent was not understood, so nothing was done. Go back, reload the page, and try again.
failure-slow = That took too long
    .text = Your connection was too slow this time. Try again.
failure-too-many = Too many requests
    .text = A lot was asked from your connection in a short time. { $count ->
        [one] Wait a second, then try again.
       *[other] Wait { $count } seconds, then try again.
    }
failure-busy = Busy at the moment
    .text = We can’t answer right now. Nothing was lost: try again in a few seconds.
failure-not-allowed = Not allowed
    .text = You can’t see this page. Sign in, or ask whoever invited you.
failure-broken = Something went wrong
    .text = This is our fault, not yours. Try again in a moment.
failure-other = That did not work
    .text = Nothing was done. Go back and try again.
failure-cross-site = This did not come from our page
    .text = Another page tried to send this for you, so nothing was done. Open the portal yourself and try again there.
failure-once-more = Please try once more
    .text = This page was open for too long, or your browser does not keep cookies. Nothing was done. Go back, reload the page, and try again.
failure-not-open = This is not open to you
    .text = It may have been, and ended, or it was never part of what you have. If you think it should be open, ask whoever invited you.
failure-gone = This is gone
    .text = What you asked for has ended or was taken away. Start anew.
