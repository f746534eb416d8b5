"""Debian's wapiti with one of its functions written anew: in 3.0.4 every `-x` ends with an error of the regular expression
under Python 3.11, which wants its flags first."""

import fnmatch
import re

from wapitiCore.main import wapiti
from wapitiCore.net import crawler

crawler.wildcard_translate = lambda pattern: re.compile(fnmatch.translate(pattern))
wapiti.wapiti_main()
