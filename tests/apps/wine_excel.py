"""Runs under Wine: the stand-in for Excel's object model as COM objects, for the macros of a server to work on."""

import types

import pythoncom
import winerror
from win32com.server import policy, util
from win32com.server.exception import COMException

PUT = pythoncom.DISPATCH_PROPERTYPUT | pythoncom.DISPATCH_PROPERTYPUTREF
PLAIN = (type(None), bool, int, float, str, tuple)
FUNCTION = (types.FunctionType, types.MethodType, types.BuiltinMethodType, types.MethodWrapperType)


class Face:
    """One object of the stand-in as COM sees it: late-bound, property by property."""

    def __init__(self, thing):
        self.thing = thing

    def _dynamic_(self, name, _locale, how, arguments):
        arguments = [bare(argument) for argument in arguments]
        if name == "_NewEnum":
            return util.NewEnum([shown(item) for item in self.thing])
        if how & PUT:
            setattr(self.thing, name, arguments[0])
            return None
        value = self.thing if name == "_value_" else getattr(self.thing, name)
        if isinstance(value, FUNCTION) and not how & pythoncom.DISPATCH_METHOD:
            raise COMException(scode=winerror.DISP_E_MEMBERNOTFOUND)
        return shown(value(*arguments) if isinstance(value, FUNCTION) or arguments else value)


def shown(value):
    """A value as it goes out: objects as COM objects, arrays as lists (a tuple would be a result and more)."""
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, PLAIN) else util.wrap(Face(value), usePolicy=policy.DynamicPolicy)


def bare(argument):
    """A value as it comes in: our own COM objects as what they stand for."""
    return argument if isinstance(argument, PLAIN) else util.unwrap(argument).thing
