# The doors of the portal: a link's page, asking for a link, typing a code.
# One line each: a text on one line costs nothing to say. Portal, name and app are what others are called.

sign-in = Sign in
need-help = Need help?

# The page with the button.
door = Sign in
    .text = Press the button to sign in to { $portal } in this browser.
    .button = Sign in
    .unexpected = Did not expect this? Close this page: nothing happens until the button is pressed.
door-again = You are signed in already
    .text = This link has signed you in before, in this very browser. Press the button to go on.
    .button = Continue
door-once-more = Press once more
    .text = Your browser did not send back the cookie that belongs to this page, so nothing has happened yet, and your link still works. Please press once more.
    .cookies = If this page comes back again and again, allow cookies for this site, or open the link in another browser.
door-other = Sign in as someone else?
    .who = You are signed in as { $name }.
    .ask = Continue as someone else?
    .text = This link was made for another person. If you continue, you are signed out in this browser first.
    .button = Continue as someone else
    .stay = No, stay signed in
somebody = somebody else

# The page with the button, in the browser that an app has inside it.
in-app = You are inside { $app }
    .text = You can sign in here, but then you are signed in only inside { $app }. To have the portal in your own browser:
    .open = Open in my browser
    .menu = Press ⋯ or ⋮ at the edge of the screen and choose “Open in browser”.
    .copy = Or copy this link and paste it into your browser:
app = this app

# Asking for a link.
ask = Sign in
    .text = Type your e-mail address or phone number. We send you a link that signs you in; there is no password.
    .address = E-mail address or phone number
    .phones = Phone numbers start with + and the country’s code.
    .button = Send me a link
    .have-code = I have a code
    .empty = Type your e-mail address or phone number.
sent = Check your messages
    .text = If we know this address, a message is on its way. It holds a link and a code; both work for { $count ->
        [one] one minute
       *[other] { $count } minutes
    }.
    .next = Open the link on any device, or type the code here:
    .button = Type the code
    .nothing = Nothing after two minutes? Look into the spam folder and check the spelling.
    .again = Try again

# While the emergency switch is on.
paused = Signing in by message is paused for now
    .text = No links are sent at the moment, whatever the address, so no message is on its way. Try again a little later.
    .have = A link or code that you already have still works.
paused-messages = Signing in by message is paused for now. A link or code that you already have still works.
paused-signing-in = Signing in is paused for now. Your link is not lost: try it again a little later.

# Typing a code.
code = Sign in with a code
    .text = Every link comes with a code of eight letters and digits. Type it together with the address it was sent to.
    .wrong = That did not work. Check both fields. A code works as long as its link, and after too many tries only the link does.
    .ask = Ask for a new one
    .field = Code
    .hint = Two groups of four, as they are said, such as K7QF-3M2X. Capitals do not matter, and O and 0 are the same, as are I, L and 1.
    .button = Sign in
    .none = No code yet?
    .none-ask = Ask for a link

# What was said to have happened, on the page after it.
notice-destination = What your link led to is no longer open to you. Here is everything that is.
notice-signed-out = You are signed out.
notice-everywhere = You are signed out on every device, and every link that was sent to you is dead.
notice-not-me = Thank you for telling us. Every device is signed out, every link that was sent to you is dead, and staff have been told. When you need to, ask for a new link here.
notice-ended = That device is signed out.
