# The doors of the console. Like all of the console, in English alone.

console-name = { $portal } console
console-door = Press the button to sign in to the { $portal } console in this browser.
console-ask = Type your e-mail address. We send you a link that signs you in, in this browser; there is no password.
    .address = E-mail address
    .empty = Type your e-mail address.
console-sent = Open the link in this browser, or type the code here:
console-stopped = Stopped: no links can be made for contacts, and no contact can sign in by link or code. Staff can still sign in.
    .issuing = Stopped: no links can be made for contacts. Staff can still sign in.
    .redeeming = Stopped: no contact can sign in by link or code. Staff can still sign in.
staff-member = a staff member

# What staff read at a contact's link.
console-note = You are signed in to the console as { $name }.
    .text = Pressing the button signs this browser in to the portal as the contact, uses the link, and the history will name you.
    .preview = To see what they see without using the link:
    .button = Preview
