"""A COM call put together by hand: pywin32 makes no true error value, which is what VBA passes for an error cell."""

import ctypes

import pythoncom

# The place of Invoke among the methods of IDispatch.
INVOKE = 6
DISPATCH_METHOD = 1
_pointer = ctypes.c_void_p
_automation = ctypes.WinDLL("oleaut32")
_automation.SafeArrayCreateVector.restype = _pointer
_automation.SafeArrayPutElement.argtypes = [_pointer, _pointer, _pointer]
_automation.SysAllocString.restype = _pointer
_automation.SysAllocString.argtypes = [ctypes.c_wchar_p]
_invoke = ctypes.WINFUNCTYPE(
    ctypes.c_long,
    _pointer,
    ctypes.c_long,
    ctypes.c_char_p,
    ctypes.c_ulong,
    ctypes.c_ushort,
    _pointer,
    _pointer,
    _pointer,
    _pointer,
)


class Variant(ctypes.Structure):
    _fields_ = [("type", ctypes.c_ushort), ("reserved", ctypes.c_ushort * 3), ("pointer", _pointer * 2)]


class Arguments(ctypes.Structure):
    _fields_ = [
        ("values", ctypes.POINTER(Variant)),
        ("names", _pointer),
        ("count", ctypes.c_uint),
        ("named", ctypes.c_uint),
    ]


def variant(kind, value):
    """A VARIANT of a kind."""
    made = Variant(type=kind)
    holder = {pythoncom.VT_R8: ctypes.c_double, pythoncom.VT_ERROR: ctypes.c_long}.get(kind, _pointer)
    holder.from_buffer(made, Variant.pointer.offset).value = value
    return made


def array(elements):
    """An array of VARIANTs from pairs of kind and value."""
    made = _automation.SafeArrayCreateVector(pythoncom.VT_VARIANT, 0, len(elements))
    for place, (kind, value) in enumerate(elements):
        at, element = ctypes.c_long(place), variant(kind, value)
        _automation.SafeArrayPutElement(made, ctypes.byref(at), ctypes.byref(element))
    return variant(pythoncom.VT_ARRAY | pythoncom.VT_VARIANT, made)


def invoke(interface, method, arguments):
    """Call a method of an IDispatch with texts and variants; the text that it answers with."""
    given = [
        variant(pythoncom.VT_BSTR, _automation.SysAllocString(each)) if isinstance(each, str) else each
        for each in arguments
    ]
    # The last argument comes first.
    values = (Variant * len(given))(*reversed(given))
    call, answer = Arguments(values, None, len(given), 0), Variant()
    table = ctypes.cast(_pointer.from_address(interface), ctypes.POINTER(_pointer))
    failed = _invoke(table[INVOKE])(
        interface, method, bytes(16), 0, DISPATCH_METHOD, ctypes.byref(call), ctypes.byref(answer), None, None
    )
    if failed or answer.type != pythoncom.VT_BSTR:
        return f"result {failed:#x} of type {answer.type}"
    return ctypes.wstring_at(answer.pointer[0])
