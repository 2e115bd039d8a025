# Inside the portal: what is open to a contact, and their account.

nav = Portal
skip = Skip to the content
home = Home
account = Account
sign-out = Sign out
preview = Preview: this is what { $name } sees. Nothing here can be pressed, no link is used, and the history names you.
    .back = Back to the contact

# Tiles of courses and groups.
welcome = Welcome, { $name }
open-count = { $count ->
        [one] One course or group is open to you.
       *[other] { $count } courses and groups are open to you.
    }
courses = Courses
groups = Groups
course = Course
group = Group
tile-open = Open to you
tile-until = Open until { $day }
tile-days = { $count ->
        [one] one more day
       *[other] { $count } more days
    }
tile-last = the last day
nothing-open = Nothing is open to you at the moment
    .text = Your access has ended, or has not begun. If you think a course or group should be open to you, ask whoever invited you. Your account stays, and what is opened to you appears here.

# One course or group.
since = Open to you since
until = Open until
open-course = Open the course
open-group = Open the group
no-page-course = This course has no page of its own yet. Whoever invited you tells you where it takes place.
no-page-group = This group has no page of its own yet. Whoever invited you tells you where it takes place.
back-home = Back to everything that is open to you

# Devices.
your-account = Your account
devices = Where you are signed in
this-device = this device
device = { $browser } on { $system }
device-unknown = Another program
signed-in-at = Signed in
last-used = Last used
address = Internet address
sign-out-here = Sign out
sign-out-there = Sign out there
everywhere = Sign out everywhere
    .text = Ends every session, this one too, and kills every link that was sent to you.

# This was not me.
not-me = This was not me
    .text = If there is a device or a sign-in on this page that was not yours, tell us. At once, every session ends, this one too, every link that was sent to you stops working, and staff learn of it. You can ask for a new link right after.
    .button = End everything and tell staff

# The history, in plain words.
history = Your history
history-empty = Nothing yet.
did-ask = You asked for a link.
did-make = A link was made for you.
did-show = A link of yours was shown to staff, to hand it over to you.
did-text = A link was sent to your phone.
did-mail = A link was sent to your e-mail address.
did-send = A link was sent to you.
did-fail = A message to you could not be delivered.
did-sign-in-link = Signed in by link with { $device }.
did-sign-in-code = Signed in by code with { $device }.
did-refuse-expired = A link was pressed that had expired, with { $device }.
did-refuse-used = A link was pressed that had been used before, with { $device }.
did-refuse-revoked = A link was pressed that had been switched off, with { $device }.
did-refuse-replaced = A link was pressed that had been replaced by a newer one, with { $device }.
did-refuse-access-ended = A link was pressed that led to nothing any more, with { $device }.
did-refuse-other-browser = A link was pressed in another browser than it was asked for in, with { $device }.
did-refuse = A link was pressed that no longer worked, with { $device }.
did-sign-out = Signed out.
did-supersede = A new sign-in took the place of an older one in the same browser.
did-end-with-all = Signed out, with all other devices.
did-end-own = You signed out another device.
did-end = A device was signed out.
did-revoke = A link of yours was switched off.
did-renew-own = You signed out everywhere.
did-renew = All earlier links and sessions of yours were ended.
did-dispute = You told us: this was not me. Staff were told.
did-notice = A notice of the change went to your old address.
did-preview = Staff looked at the portal as you see it.
a-browser = a browser
