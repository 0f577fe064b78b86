//! The cases of talon 1.4.4's `tests/text_quotations_test.py` and `tests/html_quotations_test.py`: name, body, and the
//! reply that talon takes from it. Copyright Mailgun Technologies, Apache-2.0. Left out are those of its inner functions
//! and of its limits on length.

/// Of plain text.
pub(crate) const TEXT: &[(&str, &str, &str)] = &[
    (
        "pattern_on_date_somebody_wrote",
        r#"Test reply

On 11-Apr-2011, at 6:54 PM, Roman Tkachenko <romant@example.com> wrote:

>
> Test
>
> Roman"#,
        r#"Test reply"#,
    ),
    (
        "pattern_on_date_polymail",
        r#"Test reply

On Tue, Apr 11, 2017 at 10:07 PM John Smith

<
mailto:John Smith <johnsmith@gmail.com>
> wrote:
Test quoted data
"#,
        r#"Test reply"#,
    ),
    (
        "pattern_sent_from_samsung_smb_wrote",
        r#"Test reply

Sent from Samsung MobileName <address@example.com> wrote:

>
> Test
>
> Roman"#,
        r#"Test reply"#,
    ),
    (
        "pattern_on_date_wrote_somebody",
        r#"Lorem

Op 13-02-2014 3:18 schreef Julius Caesar <pantheon@rome.com>:

Veniam laborum mlkshk kale chips authentic. Normcore mumblecore laboris, fanny pack readymade eu blog chia pop-up freegan enim master cleanse.
"#,
        r#"Lorem"#,
    ),
    (
        "pattern_on_date_somebody_wrote_date_with_slashes",
        r#"Test reply

On 04/19/2011 07:10 AM, Roman Tkachenko wrote:

>
> Test.
>
> Roman"#,
        r#"Test reply"#,
    ),
    (
        "date_time_email_splitter",
        r#"Test reply

2014-10-17 11:28 GMT+03:00 Postmaster <
postmaster@sandboxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.mailgun.org>:

> First from site
>
    "#,
        r#"Test reply"#,
    ),
    (
        "pattern_on_date_somebody_wrote_allows_space_in_front",
        r#"Thanks Thanmai
 On Mar 8, 2012 9:59 AM, "Example.com" <
r+7f1b094ceb90e18cca93d53d3703feae@example.com> wrote:


>**
>  Blah-blah-blah"#,
        r#"Thanks Thanmai"#,
    ),
    (
        "pattern_on_date_somebody_sent",
        r#"Test reply

On 11-Apr-2011, at 6:54 PM, Roman Tkachenko <romant@example.com> sent:

>
> Test
>
> Roman"#,
        r#"Test reply"#,
    ),
    (
        "line_starts_with_on",
        r#"Blah-blah-blah
On blah-blah-blah"#,
        r#"Blah-blah-blah
On blah-blah-blah"#,
    ),
    (
        "reply_and_quotation_splitter_share_line",
        r#"reply On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:
> Hi"#,
        r#"reply"#,
    ),
    (
        "reply_and_quotation_splitter_share_line",
        r#"reply--- On Wed, Apr 4, 2012 at 3:59 PM, me@domain.com wrote:
> Hi"#,
        r#"reply"#,
    ),
    (
        "reply_and_quotation_splitter_share_line",
        r#"reply
bla-bla - bla--- On Wed, Apr 4, 2012 at 3:59 PM, me@domain.com wrote:
> Hi"#,
        r#"reply
bla-bla - bla"#,
    ),
    (
        "english_original_message",
        r#"Test reply

-----Original Message-----

Test"#,
        r#"Test reply"#,
    ),
    (
        "english_original_message",
        r#"Test reply

-----Reply Message-----

Test"#,
        r#"Test reply"#,
    ),
    (
        "german_original_message",
        r#"Test reply

-----Ursprüngliche Nachricht-----

Test"#,
        r#"Test reply"#,
    ),
    (
        "german_original_message",
        r#"Test reply

-----Antwort Nachricht-----

Test"#,
        r#"Test reply"#,
    ),
    (
        "danish_original_message",
        r#"Test reply

-----Oprindelig meddelelse-----

Test"#,
        r#"Test reply"#,
    ),
    (
        "reply_after_quotations",
        r#"On 04/19/2011 07:10 AM, Roman Tkachenko wrote:

>
> Test
Test reply"#,
        r#"Test reply"#,
    ),
    (
        "android_wrote",
        r#"Test reply

---- John Smith wrote ----

> quoted
> text
"#,
        r#"Test reply"#,
    ),
    (
        "reply_wraps_quotations",
        r#"Test reply

On 04/19/2011 07:10 AM, Roman Tkachenko wrote:

>
> Test

Regards, Roman"#,
        r#"Test reply

Regards, Roman"#,
    ),
    (
        "reply_wraps_nested_quotations",
        r#"Test reply
On 04/19/2011 07:10 AM, Roman Tkachenko wrote:

>Test test
>On 04/19/2011 07:10 AM, Roman Tkachenko wrote:
>
>>
>> Test.
>>
>> Roman

Regards, Roman"#,
        r#"Test reply
Regards, Roman"#,
    ),
    (
        "quotation_separator_takes_2_lines",
        r#"Test reply

On Fri, May 6, 2011 at 6:03 PM, Roman Tkachenko from Hacker News
<roman@definebox.com> wrote:

> Test.
>
> Roman

Regards, Roman"#,
        r#"Test reply

Regards, Roman"#,
    ),
    (
        "quotation_separator_takes_3_lines",
        r#"Test reply

On Nov 30, 2011, at 12:47 PM, Somebody <
416ffd3258d4d2fa4c85cfa4c44e1721d66e3e8f4@somebody.domain.com>
wrote:

Test message
"#,
        r#"Test reply"#,
    ),
    (
        "short_quotation",
        r#"Hi

On 04/19/2011 07:10 AM, Roman Tkachenko wrote:

> Hello"#,
        r#"Hi"#,
    ),
    (
        "with_indent",
        r#"YOLO salvia cillum kogi typewriter mumblecore cardigan skateboard Austin.

------On 12/29/1987 17:32 PM, Julius Caesar wrote-----

Brunch mumblecore pug Marfa tofu, irure taxidermy hoodie readymade pariatur.
    "#,
        r#"YOLO salvia cillum kogi typewriter mumblecore cardigan skateboard Austin."#,
    ),
    (
        "short_quotation_with_newline",
        r#"Btw blah blah...

On Tue, Jan 27, 2015 at 12:42 PM -0800, "Company" <christine.XXX@XXX.com> wrote:

Hi Mark,
Blah blah? 
Thanks,Christine 

On Jan 27, 2015, at 11:55 AM, Mark XXX <mark@XXX.com> wrote:

Lorem ipsum?
Mark

Sent from Acompli"#,
        r#"Btw blah blah..."#,
    ),
    (
        "pattern_date_email_with_unicode",
        r#"Replying ok
2011/4/7 Nathan Ð¸ova <support@example.com>

>  Cool beans, scro"#,
        r#"Replying ok"#,
    ),
    (
        "english_from_block",
        r#"Allo! Follow up MIME!

From: somebody@example.com
Sent: March-19-11 5:42 PM
To: Somebody
Subject: The manager has commented on your Loop

Blah-blah-blah
"#,
        r#"Allo! Follow up MIME!"#,
    ),
    (
        "german_from_block",
        r#"Allo! Follow up MIME!

Von: somebody@example.com
Gesendet: Dienstag, 25. November 2014 14:59
An: Somebody
Betreff: The manager has commented on your Loop

Blah-blah-blah
"#,
        r#"Allo! Follow up MIME!"#,
    ),
    (
        "french_multiline_from_block",
        r#"Lorem ipsum

De : Brendan xxx [mailto:brendan.xxx@xxx.com]
Envoyé : vendredi 23 janvier 2015 16:39
À : Camille XXX
Objet : Follow Up

Blah-blah-blah
"#,
        r#"Lorem ipsum"#,
    ),
    (
        "french_from_block",
        r#"Lorem ipsum

Le 23 janv. 2015 à 22:03, Brendan xxx <brendan.xxx@xxx.com<mailto:brendan.xxx@xxx.com>> a écrit:

Bonjour!"#,
        r#"Lorem ipsum"#,
    ),
    (
        "polish_from_block",
        r#"Lorem ipsum

W dniu 28 stycznia 2015 01:53 użytkownik Zoe xxx <zoe.xxx@xxx.com>
napisał:

Blah!
"#,
        r#"Lorem ipsum"#,
    ),
    (
        "danish_from_block",
        r#"Allo! Follow up MIME!

Fra: somebody@example.com
Sendt: 19. march 2011 12:10
Til: Somebody
Emne: The manager has commented on your Loop

Blah-blah-blah
"#,
        r#"Allo! Follow up MIME!"#,
    ),
    (
        "swedish_from_block",
        r#"Allo! Follow up MIME!
Från: Anno Sportel [mailto:anno.spoel@hsbcssad.com]
Skickat: den 26 augusti 2015 14:45
Till: Isacson Leiff
Ämne: RE: Week 36

Blah-blah-blah
"#,
        r#"Allo! Follow up MIME!"#,
    ),
    (
        "swedish_from_line",
        r#"Lorem
Den 14 september, 2015 02:23:18, Valentino Rudy (valentino@rudy.be) skrev:

Veniam laborum mlkshk kale chips authentic. Normcore mumblecore laboris, fanny pack readymade eu blog chia pop-up freegan enim master cleanse.
"#,
        r#"Lorem"#,
    ),
    (
        "norwegian_from_line",
        r#"Lorem
På 14 september 2015 på 02:23:18, Valentino Rudy (valentino@rudy.be) skrev:

Veniam laborum mlkshk kale chips authentic. Normcore mumblecore laboris, fanny pack readymade eu blog chia pop-up freegan enim master cleanse.
"#,
        r#"Lorem"#,
    ),
    (
        "dutch_from_block",
        r#"Gluten-free culpa lo-fi et nesciunt nostrud.

Op 17-feb.-2015, om 13:18 heeft Julius Caesar <pantheon@rome.com> het volgende geschreven:

Small batch beard laboris tempor, non listicle hella Tumblr heirloom.
"#,
        r#"Gluten-free culpa lo-fi et nesciunt nostrud."#,
    ),
    (
        "vietnamese_from_block",
        r#"Hello

Vào 14:24 8 tháng 6, 2017, Hùng Nguyễn <hungnguyen@xxx.com> đã viết:

> Xin chào
"#,
        r#"Hello"#,
    ),
    (
        "quotation_marker_false_positive",
        r#"Visit us now for assistance...
>>> >>>  http://www.domain.com <<<
Visit our site by clicking the link above"#,
        r#"Visit us now for assistance...
>>> >>>  http://www.domain.com <<<
Visit our site by clicking the link above"#,
    ),
    (
        "link_closed_with_quotation_marker_on_new_line",
        r#"8.45am-1pm

From: somebody@example.com

<http://email.example.com/c/dHJhY2tpbmdfY29kZT1mMDdjYzBmNzM1ZjYzMGIxNT
>  <bob@example.com <mailto:bob@example.com> >

Requester: "#,
        r#"8.45am-1pm"#,
    ),
    (
        "link_breaks_quotation_markers_sequence",
        r#"Blah

On Thursday, October 25, 2012 at 3:03 PM, life is short. on Bob wrote:

>
> Post a response by replying to this email
>
 (http://example.com/c/YzOTYzMmE) >
> life is short. (http://example.com/c/YzMmE)
>
"#,
        r#"Blah"#,
    ),
    (
        "link_breaks_quotation_markers_sequence",
        r#"Blah

On Monday, 24 September, 2012 at 3:46 PM, bob wrote:

> [Ticket #50] test from bob
>
> View ticket (http://example.com/action
_nonce=3dd518)
>
"#,
        r#"Blah"#,
    ),
    (
        "from_block_starts_with_date",
        r#"Blah

Date: Wed, 16 May 2012 00:15:02 -0600
To: klizhentas@example.com"#,
        r#"Blah"#,
    ),
    (
        "bold_from_block",
        r#"Hi

  *From:* bob@example.com [mailto:
  bob@example.com]
  *Sent:* Wednesday, June 27, 2012 3:05 PM
  *To:* travis@example.com
  *Subject:* Hello

"#,
        r#"Hi"#,
    ),
    (
        "weird_date_format_in_date_block",
        r#"Blah
Date: Fri=2C 28 Sep 2012 10:55:48 +0000
From: tickets@example.com
To: bob@example.com
Subject: [Ticket #8] Test

"#,
        r#"Blah"#,
    ),
    (
        "dont_parse_quotations_for_forwarded_messages",
        r#"FYI

---------- Forwarded message ----------
From: bob@example.com
Date: Tue, Sep 4, 2012 at 1:35 PM
Subject: Two
line subject
To: rob@example.com

Text"#,
        r#"FYI

---------- Forwarded message ----------
From: bob@example.com
Date: Tue, Sep 4, 2012 at 1:35 PM
Subject: Two
line subject
To: rob@example.com

Text"#,
    ),
    (
        "forwarded_message_in_quotations",
        r#"Blah

-----Original Message-----

FYI

---------- Forwarded message ----------
From: bob@example.com
Date: Tue, Sep 4, 2012 at 1:35 PM
Subject: Two
line subject
To: rob@example.com

"#,
        r#"Blah"#,
    ),
    ("preprocess_postprocess_2_links", r#"<http://link1> <http://link2>"#, r#"<http://link1> <http://link2>"#),
    (
        "feedback_below_left_unparsed",
        r#"Please enter your feedback below. Thank you.

------------------------------------- Enter Feedback Below -------------------------------------

The user experience was unparallelled. Please continue production. I'm sending payment to ensure
that this line is intact."#,
        r#"Please enter your feedback below. Thank you.

------------------------------------- Enter Feedback Below -------------------------------------

The user experience was unparallelled. Please continue production. I'm sending payment to ensure
that this line is intact."#,
    ),
];
/// Of HTML.
pub(crate) const HTML: &[(&str, &str, &str)] = &[
    (
        "quotation_splitter_inside_blockquote",
        r#"Reply
<blockquote>

  <div>
    On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:
  </div>

  <div>
    Test
  </div>

</blockquote>"#,
        r#"<html><head></head><body>Reply</body></html>"#,
    ),
    (
        "quotation_splitter_outside_blockquote",
        r#"Reply

<div>
  On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:
</div>

<blockquote>
  <div>
    Test
  </div>
</blockquote>
"#,
        r#"<html><head></head><body>Reply</body></html>"#,
    ),
    (
        "regular_blockquote",
        r#"Reply
<blockquote>Regular</blockquote>

<div>
  On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:
</div>

<blockquote>
  <div>
    <blockquote>Nested</blockquote>
  </div>
</blockquote>
"#,
        r#"<html><head></head><body>Reply<blockquote>Regular</blockquote></body></html>"#,
    ),
    (
        "no_blockquote",
        r#"
<html>
<body>
Reply

<div>
  On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:
</div>

<div>
  Test
</div>
</body>
</html>
"#,
        r#"<html><head></head><body>Reply</body></html>"#,
    ),
    ("empty_body", r#""#, r#""#),
    (
        "gmail_quote",
        r#"Reply
<div class="gmail_quote">
  <div class="gmail_quote">
    On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:
    <div>
      Test
    </div>
  </div>
</div>"#,
        r#"<html><head></head><body>Reply</body></html>"#,
    ),
    (
        "gmail_quote_compact",
        r#"Reply<div class="gmail_quote"><div class="gmail_quote">On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:<div>Test</div></div></div>"#,
        r#"<html><head></head><body>Reply</body></html>"#,
    ),
    (
        "gmail_quote_blockquote",
        r#"Message
<blockquote class="gmail_quote">
  <div class="gmail_default">
    My name is William Shakespeare.
    <br/>
  </div>
</blockquote>"#,
        r#"Message<blockquoteclass="gmail_quote"><divclass="gmail_default">MynameisWilliamShakespeare.<br/></div></blockquote>"#,
    ),
    (
        "unicode_in_reply",
        r#"Reply     Text<br>

<div>
  <br>
</div>

<blockquote>
  Quote
</blockquote>"#,
        r#"<html><head></head><body>Reply&#160;&#160;Text<br><div><br></div></body></html>"#,
    ),
    (
        "blockquote_disclaimer",
        r#"
<html>
  <body>
  <div>
    <div>
      message
    </div>
    <blockquote>
      Quote
    </blockquote>
  </div>
  <div>
    disclaimer
  </div>
  </body>
</html>
"#,
        r#"<html><head></head><body><div><div>message</div></div><div>disclaimer</div></body></html>"#,
    ),
    (
        "date_block",
        r#"
<div>
  message<br>
  <div>
    <hr>
    Date: Fri, 23 Mar 2012 12:35:31 -0600<br>
    To: <a href="mailto:bob@example.com">bob@example.com</a><br>
    From: <a href="mailto:rob@example.com">rob@example.com</a><br>
    Subject: You Have New Mail From Mary!<br><br>

    text
  </div>
</div>
"#,
        r#"<html><head></head><body><div>message<br></div></body></html>"#,
    ),
    (
        "from_block",
        r#"<div>
message<br>
<div>
<hr>
From: <a href="mailto:bob@example.com">bob@example.com</a><br>
Date: Fri, 23 Mar 2012 12:35:31 -0600<br>
To: <a href="mailto:rob@example.com">rob@example.com</a><br>
Subject: You Have New Mail From Mary!<br><br>

text
</div></div>
"#,
        r#"<html><head></head><body><div>message<br></div></body></html>"#,
    ),
    (
        "reply_shares_div_with_from_block",
        r#"
<body>
  <div>

    Blah<br><br>

    <hr>Date: Tue, 22 May 2012 18:29:16 -0600<br>
    To: xx@hotmail.ca<br>
    From: quickemail@ashleymadison.com<br>
    Subject: You Have New Mail From x!<br><br>

  </div>
</body>"#,
        r#"<html><head></head><body><div>Blah<br><br></div></body></html>"#,
    ),
    (
        "OLK_SRC_BODY_SECTION_stripped",
        r#"<html>
  <body>
    <div>Reply</div>
    <span id="OLK_SRC_BODY_SECTION">
      <div>
	<span>From: </span>Bob &lt;<a href="mailto:bob@example.com">bob@example.com</a>&gt;<br>
	<span>Date: </span>Tue, 01 Nov 2011 18:54:39 -0700<br>
	<span>To: </span>Rob &lt;<a href="mailto:rob@example.com">rob@example.com</a>&gt;<br>
	<span>Subject: </span>Test<br>
      </div>
      <div>
	Hi
      </div>
    </span>
  </body>
</html>
"#,
        r#"<html><head></head><body><div>Reply</div></body></html>"#,
    ),
    (
        "reply_separated_by_hr",
        r#"<html>
  <body>
    <div>
      Hi
      <div>
	there
      </div>
      <div>
	Bob
	<hr>
	<b>From: </b>bob@example.com<br>
	<b>To: </b>xxx@comcast.net<br>
	<b>Sent: </b>Friday, July 22, 2011 6:20:01 PM<br>
	<b>Subject: </b>Hello<br><br>
	<p>
	  Hello
	</p>
      </div>
    </div>
  </body>
</html>
"#,
        r#"<html><head></head><body><div>Hi<div>there</div></div></body></html>"#,
    ),
    (
        "from_block_and_quotations_in_separate_divs",
        r#"
Reply
<div>
  <hr/>
  <div>
    <font>
      <b>From: bob@example.com</b>
      <b>Date: Thu, 24 Mar 2016 08:07:12 -0700</b>
    </font>
  </div>
  <div>
    Quoted message
  </div>
</div>
"#,
        r#"<html><head></head><body>Reply<div><hr></div></body></html>"#,
    ),
    (
        "CRLF",
        r#"<html>
</html>"#,
        r#"<html></html>"#,
    ),
    (
        "CRLF",
        r#"My
reply
<blockquote>

  <div>
    On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:
  </div>

  <div>
    Test
  </div>

</blockquote>"#,
        r#"<html><head></head><body>My
reply
</body></html>"#,
    ),
    (
        "gmail_forwarded_msg",
        r#"<div dir="ltr"><br><div class="gmail_quote">---------- Forwarded message ----------<br>From: <b class="gmail_sendername">Bob</b> <span dir="ltr">&lt;<a href="mailto:bob@example.com">bob@example.com</a>&gt;</span><br>Date: Fri, Feb 11, 2010 at 5:59 PM<br>Subject: Bob WFH today<br>To: Mary &lt;<a href="mailto:mary@example.com">mary@example.com</a>&gt;<br><br><br><div dir="ltr">eom</div>
</div><br></div>"#,
        r#"<divdir="ltr"><br><divclass="gmail_quote">----------Forwardedmessage----------<br>From:<bclass="gmail_sendername">Bob</b><spandir="ltr">&lt;<ahref="mailto:bob@example.com">bob@example.com</a>&gt;</span><br>Date:Fri,Feb11,2010at5:59PM<br>Subject:BobWFHtoday<br>To:Mary&lt;<ahref="mailto:mary@example.com">mary@example.com</a>&gt;<br><br><br><divdir="ltr">eom</div></div><br></div>"#,
    ),
    (
        "readable_html_empty",
        r#"
<blockquote>
  Reply
  <div>
    On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:
  </div>

  <div>
    Test
  </div>

</blockquote>"#,
        r#"<blockquote>Reply<div>On11-Apr-2011,at6:54PM,Bob&lt;bob@example.com&gt;wrote:</div><div>Test</div></blockquote>"#,
    ),
    ("bad_html", r#"<html></html>"#, r#"<html></html>"#),
];
